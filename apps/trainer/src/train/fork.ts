/** A run that begins from a checkpoint of another one, with a changed config: what may change, and the state that it begins with. */
import { readFileSync } from "node:fs";
import { sha256 } from "@cellstate/files";
import { type Plan, planOf, type Task } from "@cellstate/tasks";
import { initialScheduleState, type TrainingState, TrainingStateError } from "@cellstate/training";
import { decodeCheckpoint } from "@cellstate/training/checkpoint";
import { configDifferences } from "../compare/config-differences.ts";
import type { Experiment } from "../config/schema.ts";
import { RunFileError, RunFolderError, UsageError } from "../errors.ts";
import type { ConfigLock } from "../run/config-lock.ts";
import type { RunPaths } from "../run/folder.ts";
import { initAdvice, type ParentCheckpoint } from "../run/parent-checkpoint.ts";

/** Keys that decide what a state means, and why. */
const KEPT: Readonly<Record<string, string>> = {
  task: "the state is of a model of that task",
  plugins: "the state is of what they define",
  seed: "the state stands in an order of examples that follows from it",
  data: "the state stands in an order of these examples",
  init: "the weights of the checkpoint take its place",
  "training.batchSize": "the state stands between batches of that size",
  "training.averaging": "the state holds averages of that kind",
  "optimizer.kind": "the state holds moments of that kind",
};

/**
 * The keys in which a fork's config differs from that of its parent.
 *
 * @throws {UsageError} naming the first key that must stay, or if nothing is left to train
 */
export function checkFork(
  { state, spec }: Pick<ParentCheckpoint, "state" | "spec">,
  before: Experiment,
  experiment: Experiment,
): readonly string[] {
  const plain = (one: Experiment): Record<string, unknown> => JSON.parse(JSON.stringify(one));
  const changed = configDifferences([plain(before), plain(experiment)]).map(({ key }) => key);
  for (const [kept, reason] of Object.entries(KEPT)) {
    const key = changed.find((one) => one === kept || one.startsWith(`${kept}.`));
    if (key !== undefined) {
      throw new UsageError(
        `--fork ${spec}: ${key} must stay as it is, since ${reason}; to change it, begin a new run with its weights: ${initAdvice(runOf(spec))}`,
      );
    }
  }
  const { epochs, maxSteps = Number.POSITIVE_INFINITY } = experiment.training;
  if (state.epoch >= epochs) {
    throw new UsageError(
      `--fork ${spec}: the checkpoint has done ${state.epoch} epochs, and training.epochs is ${epochs}; raise it: --set training.epochs=${2 * state.epoch}`,
    );
  }
  if (state.step >= maxSteps) {
    throw new UsageError(
      `--fork ${spec}: the checkpoint has done ${state.step} steps, and training.maxSteps is ${maxSteps}; raise it: --set training.maxSteps=${2 * state.step}`,
    );
  }
  return changed;
}

/** The run of `<run>@step-120`. */
function runOf(spec: string): string {
  return spec.slice(0, spec.lastIndexOf("@"));
}

/** An error of a state that does not fit, in words that name what was changed; any other error as it is. */
export function forkFault(error: unknown, spec: string, changed: readonly string[]): unknown {
  if (!(error instanceof TrainingStateError) && !(error instanceof RunFolderError)) return error;
  const keys = changed.length === 0 ? "" : `; what was changed is ${changed.join(", ")}`;
  return new UsageError(
    `--fork ${spec}: the checkpoint does not fit: ${error.message}${keys}; its weights alone may: ${initAdvice(runOf(spec))}`,
    { cause: error },
  );
}

/**
 * The state that a fork begins with. A schedule of another kind begins anew at that step; so does the choice of the best weights, where another
 * metric chooses.
 *
 * @throws {RunFileError} if the copy of the checkpoint is missing or not the one that the lock names
 */
export function readForkStart(
  paths: Pick<RunPaths, "start">,
  { parent }: ConfigLock,
  { experiment, plan }: { readonly experiment: Experiment; readonly plan: Plan },
): TrainingState | undefined {
  if (parent === undefined) return undefined;
  const bytes = readStart(paths.start);
  if (sha256(bytes) !== parent.sha256)
    throw new RunFileError(paths.start, "is not the checkpoint that the run began from");
  const state = decodeCheckpoint(bytes, paths.start);
  const { schedule } = experiment;
  return {
    ...state,
    schedule: state.schedule.kind === schedule.kind ? state.schedule : initialScheduleState(schedule),
    ...(parent.selection === plan.selection.name ? {} : { best: null, ranked: [], bestWeights: undefined }),
  };
}

function readStart(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new RunFileError(path, "is missing; the run cannot begin without it", { cause: error });
  }
}

/** The metric that chose the best weights of a run. */
export function selectionOf(experiment: Experiment, tasks: readonly Task[]): string {
  return planOf(experiment, tasks).plan.selection.name;
}
