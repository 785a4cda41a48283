/** A sweep as its lock says: what is searched, how points are compared, and the config of each point. */
import { ConfigError, type PlainMap } from "@cellstate/files";
import { nearest, pathId, type TracedValues } from "@cellstate/files/yaml";
import { createSearch, type Search, type Values } from "@cellstate/sweep";
import { planOf, type Task } from "@cellstate/tasks";
import type { MetricInfo } from "@cellstate/training";
import { absolutePaths, pathKeysOf, relativePaths } from "../config/file-paths.ts";
import { checkValues } from "../config/load.ts";
import { layValues } from "../config/overrides.ts";
import type { Experiment } from "../config/schema.ts";
import { realFolder } from "../run/config-lock.ts";
import { absoluteChoice } from "./portable-choices.ts";
import type { SweepSection } from "./section.ts";
import type { SweepLock } from "./sweep-lock.ts";

/** Keys that a sweep cannot vary, and why. */
const FIXED: Readonly<Record<string, string>> = {
  name: "all runs of a sweep have the name of its config",
  task: "scores of different tasks cannot be compared; make a sweep for each",
  evaluatedSplits: "a sweep scores dev alone, and all splits for the winner",
};

/** Methods that decide how long each point is trained. */
const SHARING_EPOCHS: readonly SweepSection["method"][] = ["successive-halving", "hyperband"];

export interface SweepPlan {
  readonly name: string;
  readonly section: SweepSection;
  /** The folder of the config, without symbolic links: choices of files are from there. */
  readonly folder: string;
  /** The config that points are laid over; its paths are from the root. */
  readonly base: TracedValues;
  readonly experiment: Experiment;
  /** The metric that points are compared by. */
  readonly metric: MetricInfo;
  /** The loss, which decides between equal scores. */
  readonly loss: MetricInfo;
  /** Training seeds of each point. */
  readonly seeds: readonly number[];
  readonly tasks: readonly Task[];
}

/** What a plan is made of besides its lock. */
interface PlanOptions {
  /** The folder that paths of the lock are from. */
  readonly folder: string;
  /** The tasks that there are, with what plugins add. */
  readonly tasks: readonly Task[];
  /** Where the values of the config were written. Default: nothing is known but the sweep's name. */
  readonly origins?: TracedValues["origins"];
}

/**
 * @throws {ConfigError} if the config that points are laid over is not valid, or the section does not fit it
 */
export function sweepPlan({ name, config, sweep }: SweepLock, { folder, tasks, origins }: PlanOptions): SweepPlan {
  const layer = {
    values: absolutePaths(config, folder, pathKeysOf(tasks)),
    origins: origins ?? new Map([[pathId([]), name]]),
  };
  const experiment = checkValues(layer, tasks);
  const { plan } = planOf(experiment, tasks);
  const { metric = plan.selection.name, parameters, seeds = [experiment.seed] } = sweep;
  const found = plan.metrics.find((one) => one.name === metric);
  if (found === undefined) {
    const names = plan.metrics.map((one) => one.name);
    const near = nearest(metric, names);
    throw fault(
      "metric",
      `there is no dev metric ${metric}; ${near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`}`,
    );
  }
  for (const key of Object.keys(parameters)) {
    const reason = FIXED[key.split(".")[0]!];
    if (reason !== undefined) throw fault(`parameters.${key}`, `cannot be varied: ${reason}`);
  }
  if (parameters.seed !== undefined && sweep.seeds !== undefined) {
    throw fault("parameters.seed", "is varied, and `sweep.seeds` gives the seeds of each point; leave out one of them");
  }
  if (SHARING_EPOCHS.includes(sweep.method) && parameters["training.epochs"] !== undefined) {
    throw fault(
      "parameters.training.epochs",
      `cannot be varied by ${sweep.method.replace("-", " ")}, which shares out the epochs itself`,
    );
  }
  return { name, section: sweep, folder, base: layer, experiment, metric: found, loss: plan.loss, seeds, tasks };
}

function fault(key: string, message: string): ConfigError {
  return new ConfigError([{ where: "sweep", path: `sweep.${key}`, message }]);
}

/** A new search, which has been told nothing. @throws {SweepError} if an option of it cannot be */
export function newSearch({ section, experiment, metric }: SweepPlan): Search {
  return createSearch(section, { direction: metric.direction, epochs: experiment.training.epochs });
}

/** A point's config, before defaults; its values lie over those of the config as `--set` would. */
function pointLayer({ base, folder, tasks }: SweepPlan, values: Values): TracedValues {
  return layValues(
    base,
    Object.entries(values).map(([key, value]) => ({
      path: key.split("."),
      value: absoluteChoice(key, value, folder, tasks),
      origin: `sweep: ${key}=${JSON.stringify(value)}`,
    })),
  );
}

/** What is wrong with a point's config; undefined if nothing is. */
export function pointFault(plan: SweepPlan, values: Values): ConfigError | undefined {
  try {
    checkValues(pointLayer(plan, values), plan.tasks);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** A point's config as it stands in a file of `folder`: its paths are from there. */
export function pointConfig(plan: SweepPlan, values: Values, folder: string): PlainMap {
  return relativePaths(pointLayer(plan, values).values, realFolder(folder), pathKeysOf(plan.tasks));
}

/** The config that a point's runs are begun with: dev is the only split that they score. */
export function trainedConfig(plan: SweepPlan, values: Values, folder: string): PlainMap {
  return { predictions: "none", ...pointConfig(plan, values, folder), evaluatedSplits: ["dev"] };
}
