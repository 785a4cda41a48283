/** `cellstate fuzz`: reads made-up and damaged inputs as users would, and says which are not refused properly. */
import { existsSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";
import { inputFile } from "../command-line/input-file.ts";
import { collect, positiveCount, seedNumber } from "../command-line/option-values.ts";
import { CliError, UsageError } from "../errors.ts";
import { callerFolder } from "../paths.ts";

/** An app of the repository, which is not published. */
const fuzzApp = new URL("../../../fuzz/src/main.ts", import.meta.url);

class FuzzFindingsError extends CliError {
  override readonly name = "FuzzFindingsError";
  readonly exitCode = 1;
}

export const fuzz: DefineCommand = () =>
  new Command("fuzz")
    .description("read made-up and damaged files of every kind, and report what is not refused properly")
    .option("--target <name>", "what to fuzz; may be repeated. Default: all that there is", collect, [])
    .option("--seconds <n>", "for each target; 10 without --inputs", positiveCount)
    .option("--inputs <n>", "inputs for each target", positiveCount)
    .option("--seed <n>", "of the inputs; the same seed gives the same inputs", seedNumber, 0)
    .option("--guided", "change inputs further that reach code which none had reached; slower")
    .option("--replay <file>", "read this input instead, with one --target; may be repeated", collect, [])
    .option("--json", "print one JSON document: counts and findings by target")
    .addHelpText("after", example("cellstate fuzz --seconds 60 --target safetensors"))
    .action(async (options) => {
      if (!existsSync(fuzzApp)) {
        throw new UsageError("the fuzzers are part of the repository, not of the package; clone it, then pnpm fuzz");
      }
      if (options.replay.length > 0 && options.target.length !== 1) {
        throw new UsageError("--replay needs one --target, the one that the file is an input of");
      }
      const replay = await Promise.all(options.replay.map((file) => inputFile(file, { option: "--replay" })));
      const app = (await import(fuzzApp.href)) as FuzzApp;
      const isClean = await app.fuzz({ ...options, replay, folder: callerFolder() });
      if (!isClean) throw new FuzzFindingsError("some inputs were not refused properly; see above");
    });

/** What the app exports. */
interface FuzzApp {
  fuzz(
    command: Readonly<{
      target: readonly string[];
      seconds?: number | undefined;
      inputs?: number | undefined;
      seed: number;
      guided?: true | undefined;
      replay: readonly string[];
      json?: true | undefined;
      folder: string;
    }>,
  ): Promise<boolean>;
}
