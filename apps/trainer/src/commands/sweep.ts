/** `cellstate sweep`: a search over values of a config. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { backendOption } from "../command-line/compute-options.ts";
import { collect, positiveCount, seedNumber, threadCount } from "../command-line/option-values.ts";

export type SweepOptions = OptionsOf<typeof declareSweep>;

export const sweep: DefineCommand = ({ tasks }) =>
  declareSweep().action(async (options) => {
    const { sweepExperiment } = await import("./sweep/sweep-experiment.ts");
    await sweepExperiment(options, tasks);
  });

function declareSweep() {
  return new Command("sweep")
    .description(
      "train the points of a config's section `sweep`, and find the best: grid, random, halving, Hyperband, Bayesian",
    )
    .option("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--seed <n>", "seed of the trainings; that of the points is sweep.seed", seedNumber)
    .addOption(
      new Option("--executor <name>", "who trains the points").choices([
        "local",
        "slurm",
        "kubernetes",
        "command",
      ] as const),
    )
    .option(
      "--workers <n>",
      "points that train at the same time, with the executors local and command. Default: one for each core",
      positiveCount,
    )
    .addOption(backendOption())
    .option(
      "--threads <n>",
      "threads of each worker. Default: the cores divided by the workers; with the executor command 1",
      threadCount,
    )
    .option("--out <dir>", "the sweep's folder; must not exist or be empty")
    .option("--resume <dir>", "go on with a sweep; what is trained is not trained again")
    .option("--task <batch:n>", "with --resume: train one run of a batch alone, as the executors have it done")
    .option("--quiet", "no progress")
    .option("--json", "print sweep.json alone on stdout")
    .addHelpText("after", example("cellstate sweep --config my-sweep.yaml --workers 2"));
}
