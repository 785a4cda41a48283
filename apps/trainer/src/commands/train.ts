/** `cellstate train`: begins a run or goes on with one, and prints its scores. */
import type { Task } from "@cellstate/tasks";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { backendOption, threadsOption } from "../command-line/compute-options.ts";
import { collect, foldCount, seedNumber, seedNumbers, timeInMinutes } from "../command-line/option-values.ts";

export type TrainOptions = OptionsOf<typeof declareTrain>;

export const train: DefineCommand = ({ tasks }) =>
  declareTrain().action(async (options) => {
    try {
      await trainAsAsked(options, tasks);
    } finally {
      if (options.bell === true) (await import("../terminal/bell.ts")).ringBell();
    }
  });

async function trainAsAsked(options: TrainOptions, tasks: readonly Task[] | undefined): Promise<void> {
  const { isSeedsFolder, resumeSeeds, trainSeeds } = await import("./train/train-seeds.ts");
  if (options.seeds !== undefined) {
    await trainSeeds(options, options.seeds, tasks);
    return;
  }
  if (options.fork !== undefined) {
    const { trainFork } = await import("./train/train-fork.ts");
    await trainFork(options.fork, options, tasks);
    return;
  }
  if (options.resume !== undefined && isSeedsFolder(options.resume)) {
    await resumeSeeds(options, options.resume, tasks);
    return;
  }
  if (options.folds !== undefined) {
    const { trainFolds } = await import("./train/train-folds.ts");
    await trainFolds(options, options.folds, tasks);
    return;
  }
  const { trainExperiment } = await import("./train/train-experiment.ts");
  await trainExperiment(options, tasks);
}

function declareTrain() {
  return new Command("train")
    .description("train the experiment of a config, or go on with an interrupted run")
    .option("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--seed <n>", "seed of initialisation, shuffling and dropout", seedNumber)
    .option(
      "--seeds <list>",
      "a run for each of these seeds, such as 1,2,3, in one folder, and a table of means with 95 % intervals",
      seedNumbers,
    )
    .addOption(backendOption())
    .addOption(threadsOption())
    .option("--out <dir>", "the run folder; must not exist or be empty")
    .option(
      "--folds <k>",
      "cross validation: a run for each of k parts of the training examples, which is scored and not trained on, and a table of means",
      foldCount,
    )
    .option("--resume <run>", "go on with a run from its last checkpoint, or with the runs of --seeds")
    .option(
      "--fork <run[@checkpoint]>",
      "begin from the whole state of a run's checkpoint (last, best, epoch-<n> or step-<n>; default: the last) with what --set changes",
    )
    .option(
      "--budget <time>",
      "end after so much training, such as 90s, 10m or 1h30m, with the best weights so far, in place of training.maxMinutes; --resume with more time goes on",
      timeInMinutes,
    )
    .option(
      "--dry-run",
      "check config, data and model by 20 steps and some dev examples, tell sizes, memory and time; write nothing",
    )
    .option(
      "--overfit-one-batch",
      "train on one batch alone, without dropout, and end with 1 if the model does not learn it by heart; write nothing",
    )
    .option("--bell", "ring the terminal's bell when it ends, well or not")
    .option("--quiet", "no progress")
    .option("--json", "print result.json, or the summary of several runs, alone on stdout")
    .addHelpText("after", example("cellstate train --config sentiment.yaml --set training.epochs=2 --seed 3"));
}
