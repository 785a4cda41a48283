/** What `cellstate replay` does: data, model and state as they were, the same batch, one step. */
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { createSession, Rng } from "@cellstate/tensor";
import { type ReplayedStep, replayStep } from "@cellstate/training";
import { RunFolderError } from "../../errors.ts";
import { asCaller, callerFolder } from "../../paths.ts";
import { lockedExperiment, readLock } from "../../run/config-lock.ts";
import { batchLine, readFailedStep } from "../../run/failed-step.ts";
import { findRun, runPaths } from "../../run/folder.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import { showOnOneLine } from "../../terminal/visible.ts";
import { batchOptionsOf } from "../../train/batch-options.ts";
import { batchRecords, type PlacedRecord } from "../../train/batch-records.ts";
import { prepare } from "../../train/prepare.ts";
import type { ReplayCommandOptions } from "../replay.ts";

/** @throws {NonFiniteError} if the step fails again */
export async function replayRun(
  name: string,
  { backend, threads, json }: ReplayCommandOptions,
  known: readonly Task[] = shippedTasks,
): Promise<void> {
  const { run } = findRun(name, callerFolder());
  if (run === undefined) throw new RunFolderError(`${name} is a saved model without its run; it has no steps`);
  const paths = runPaths(run);
  const lock = readLock(paths.lock);
  const state = await readFailedStep(paths, lock);
  const { experiment, tasks, base } = await lockedExperiment(paths.lock, lock, known);
  const session = await createSession({ backend: backend ?? lock.options.backend, threads: threads ?? "auto" });
  try {
    const { pipeline, train, dataset } = await prepare({ experiment, base, lock, shards: paths.shards, tasks });
    const model = pipeline.build(session, new Rng(experiment.seed));
    const step = await replayStep({
      session,
      parameters: model.parameters(),
      buffers: model.buffers?.(),
      batches: await model.batches(train, batchOptionsOf(experiment)),
      lossOf: (batch, step) => model.loss(batch, { training: true, step }),
      regularization: experiment.training,
      accumulateSteps: experiment.training.accumulateSteps,
      state,
    });
    const records = await batchRecords(pipeline, dataset.train, step.batches);
    if (json === true) printJson(asJson(step, records));
    else print(describe(step, records, asCaller(run)));
    if (step.error !== undefined) throw step.error;
  } finally {
    await session.dispose();
  }
}

function asJson({ step, loss, gradientNorm, error }: ReplayedStep<unknown>, records: readonly PlacedRecord[]) {
  return {
    formatVersion: FORMAT_VERSION,
    step,
    loss: finite(loss),
    gradientNorm: finite(gradientNorm),
    failed: error !== undefined,
    tensor: error?.tensor ?? null,
    batch: records.map(batchLine),
  };
}

/** JSON has no NaN. */
function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function describe(
  { step, batches, loss, gradientNorm, error }: ReplayedStep<unknown>,
  records: readonly PlacedRecord[],
  folder: string,
): string {
  const what = batches.length === 1 ? "batch" : `${batches.length} batches`;
  const verdict = error === undefined ? "all tensors are finite" : `not finite first: ${error.tensor}`;
  return [
    `run     ${folder}\n`,
    `step    ${step}\n`,
    `loss    ${loss}\n`,
    gradientNorm === undefined ? "" : `norm    ${gradientNorm} of all gradients\n`,
    `found   ${verdict}\n`,
    `${what.padEnd(7)} ${records.length} examples\n`,
    ...records.map((record) => `  ${exampleLine(record)}\n`),
  ].join("");
}

/** `reviews.tsv:12  text: the film was good  label: positive`. */
function exampleLine({ record: { values, file, line } }: PlacedRecord): string {
  const shown = Object.entries(values).flatMap(([role, value]) =>
    value === undefined ? [] : [`${role}: ${typeof value === "string" ? value : JSON.stringify(value)}`],
  );
  return showOnOneLine([`${asCaller(file)}:${line}`, ...shown].join("  "));
}
