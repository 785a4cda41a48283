/** `cellstate evaluate`: a saved model's scores on its own splits or on a file. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument, type OptionsOf } from "../command-line/command.ts";

export type EvaluateOptions = OptionsOf<typeof declareEvaluate>;

export const evaluate: DefineCommand = ({ tasks }) =>
  declareEvaluate().action(async (run, options) => {
    const { evaluateModel } = await import("./evaluate/evaluate-model.ts");
    await evaluateModel(run, options, tasks);
  });

function declareEvaluate() {
  return new Command("evaluate")
    .description("score a run on its own splits, or on a file")
    .addArgument(modelArgument())
    .option("--data <file>", "labelled file with the run's columns, or plain text files: source=test.en,target=test.de")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("cellstate evaluate runs/my-run --data my-reviews.csv"));
}
