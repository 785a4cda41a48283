/** `cellstate compare`: what differs between runs: configs, curves, scores with their significance, and examples that changed sides. */
import { Argument, Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { resampleCount } from "../command-line/option-values.ts";
import { checkOutputOption } from "../command-line/output-option.ts";

export type CompareOptions = OptionsOf<typeof declareCompare>;

export const compare: DefineCommand = ({ tasks }) =>
  declareCompare().action(async (runs, options) => {
    if (options.output !== undefined) await checkOutputOption(options.output);
    const { compareRuns } = await import("./compare/compare-runs.ts");
    await compareRuns(runs, options, tasks);
  });

function declareCompare() {
  return new Command("compare")
    .description("compare runs with the first of them: configs, curves, scores and their significance, changed answers")
    .addArgument(new Argument("<run...>", "two or more run folders or names"))
    .option("--output <file.html>", "also write a page that loads nothing")
    .option(
      "--resamples <n>",
      "draws of the examples for the paired bootstrap; 0: no significance",
      resampleCount,
      1000,
    )
    .option("--json", "print one JSON document")
    .addHelpText("after", example("cellstate compare runs/base runs/larger --output compare.html"));
}
