/** `cellstate find-lr`: the range test of learning rates for the experiment of a config. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { backendOption, threadsOption } from "../command-line/compute-options.ts";
import { collect, positiveCount, positiveNumber, seedNumber } from "../command-line/option-values.ts";

export type FindLrOptions = OptionsOf<typeof declareFindLr>;

export const findLr: DefineCommand = ({ tasks }) =>
  declareFindLr().action(async (options) => {
    const { findLearningRateOf } = await import("./find-lr/find-learning-rate.ts");
    await findLearningRateOf(options, tasks);
  });

function declareFindLr() {
  return new Command("find-lr")
    .description("take a few steps while the learning rate rises, draw their losses and suggest a learning rate")
    .requiredOption("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--seed <n>", "seed of initialisation, shuffling and dropout", seedNumber)
    .addOption(backendOption())
    .addOption(threadsOption())
    .option("--from <rate>", "learning rate of the first step. Default: 1e-6", positiveNumber)
    .option("--to <rate>", "learning rate of the last step. Default: 1", positiveNumber)
    .option("--steps <n>", "steps from one to the other, at least 10. Default: 100", positiveCount)
    .option("--output <file.html>", "writes the curve as a page that loads nothing")
    .option("--quiet", "no progress")
    .option("--json", "print one JSON document: suggestion, lowest, diverged, points")
    .addHelpText("after", example("cellstate find-lr --config sentiment.yaml --output curve.html"));
}
