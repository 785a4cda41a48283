/** `cellstate verify`: says what of a run or a model is damaged, and what can be rebuilt from what. */
import { Argument, Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";

export const verify: DefineCommand = () =>
  new Command("verify")
    .description("compare a run or a model with its hashes: what is damaged, and what can be rebuilt from what")
    .addArgument(new Argument("<run|model>", "run folder, or a copy of its model folder"))
    .option("--json", "print one JSON document: whole, files, and damaged files with fault and rebuild")
    .addHelpText("after", example("cellstate verify runs/my-run"))
    .action(async (folder, { json }) => {
      const { verifyFolder } = await import("./verify/verify-folder.ts");
      const { describeVerification, jsonVerification, requireWhole } = await import("./verify/print-verification.ts");
      const { print, printJson } = await import("../terminal/print.ts");
      const verification = await verifyFolder(folder);
      if (json === true) printJson(jsonVerification(verification));
      else print(describeVerification(verification));
      requireWhole(verification);
    });
