/** `cellstate reproduce`: trains a run again from its lock and says whether it comes to the same bytes, or what differs first. */
import { Argument, Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { backendOption, threadsOption } from "../command-line/compute-options.ts";
import { seedNumber } from "../command-line/option-values.ts";

export type ReproduceOptions = OptionsOf<typeof declareReproduce>;

export const reproduce: DefineCommand = ({ tasks }) =>
  declareReproduce().action(async (run, options) => {
    const { reproduceRun } = await import("./reproduce/reproduce-run.ts");
    await reproduceRun(run, options, tasks);
  });

function declareReproduce() {
  return new Command("reproduce")
    .description("train a finished run again from its lock: identical, or the first thing that differs")
    .addArgument(new Argument("<run>", "folder of a finished run"))
    .addOption(backendOption())
    .addOption(threadsOption())
    .option("--seed <n>", "repeat it with another seed, to see at which step that first matters", seedNumber)
    .option("--out <dir>", "keep the new run in this folder. Default: nothing of it stays")
    .option("--quiet", "no progress")
    .option("--json", "print one JSON document: identical, firstDifference")
    .addHelpText("after", example("cellstate reproduce runs/my-run --backend wasm"));
}
