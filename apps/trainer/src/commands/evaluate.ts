/** `cellstate evaluate`: a saved model's scores on its own splits or on files. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument, type OptionsOf } from "../command-line/command.ts";
import { backendOption, threadsOption } from "../command-line/compute-options.ts";
import { collect, resampleCount } from "../command-line/option-values.ts";
import { pluginOption } from "../command-line/plugin-option.ts";

export type EvaluateOptions = OptionsOf<typeof declareEvaluate>;

export const evaluate: DefineCommand = ({ tasks }) =>
  declareEvaluate().action(async (run, options) => {
    const { evaluateModel } = await import("./evaluate/evaluate-model.ts");
    await evaluateModel(run, options, tasks);
  });

function declareEvaluate() {
  return new Command("evaluate")
    .description("score a run on its own splits, or on files, beside the trivial models")
    .addArgument(modelArgument())
    .option(
      "--data <file>",
      "labelled file with the run's columns, or plain text files: source=test.en,target=test.de; may be repeated",
      collect,
      [],
    )
    .option(
      "--set <key=value>",
      "score with a section that no weight depends on given anew, such as evaluation.kind=carried; may be repeated",
      collect,
      [],
    )
    .option(
      "--resamples <n>",
      "how often the examples are drawn again for the 95 % intervals; 0: no intervals",
      resampleCount,
      1000,
    )
    .addOption(backendOption())
    .addOption(threadsOption())
    .option("--json", "print one JSON document")
    .addOption(pluginOption())
    .addHelpText("after", example("cellstate evaluate runs/my-run --data my-reviews.csv --data more.csv"));
}
