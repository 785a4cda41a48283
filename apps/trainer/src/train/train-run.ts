/** One run from its locked config to `result.json`; begins anew or goes on from the last checkpoint. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { writeFileAtomic } from "@cellstate/files";
import { parameterCount } from "@cellstate/lstm-core";
import type { Task, TaskBatch, TaskModel } from "@cellstate/tasks";
import { createSession, numericsVersion, type Session } from "@cellstate/tensor";
import {
  type BatchSource,
  type FailedStep,
  isBetweenEvaluations,
  keptScores,
  type TrainingCallbacks,
  type TrainResult,
  train,
} from "@cellstate/training";
import { CheckpointFolder } from "@cellstate/training/checkpoint";
import type { Experiment } from "../config/schema.ts";
import { glanceAtData } from "../data-lint/glance.ts";
import { asCaller } from "../paths.ts";
import { type ConfigLock, driftOf, segmenterVersions, writeLock } from "../run/config-lock.ts";
import { writeDataLines } from "../run/data-lines.ts";
import { writeFailedStep } from "../run/failed-step.ts";
import type { RunPaths } from "../run/folder.ts";
import { cutMetrics, damagedLines, type MetricsLine, MetricsLog, readMetrics } from "../run/metrics-log.ts";
import type { RunResult } from "../run/result.ts";
import { formatCount, formatScore, formatWhole } from "../terminal/format.ts";
import type { Progress } from "../terminal/progress.ts";
import { quote } from "../terminal/shell.ts";
import { batchOptionsOf } from "./batch-options.ts";
import { batchRecords } from "./batch-records.ts";
import { beginModel } from "./begin-model.ts";
import { evaluating } from "./evaluating.ts";
import { finishRun } from "./finish-run.ts";
import { readForkStart } from "./fork.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { selectionWarning } from "./selection-warning.ts";
import { TensorBoardTracking } from "./tensorboard.ts";

export interface TrainRunOptions {
  readonly paths: RunPaths;
  readonly lock: ConfigLock;
  readonly experiment: Experiment;
  /** The folder that paths of the lock are from. */
  readonly base: string;
  readonly tasks: readonly Task[];
  readonly progress: Progress;
  /** Whether the folder may hold checkpoints of an earlier part. */
  readonly resumed: boolean;
  /** Called around the training loop, the only part that ends gracefully when `signal` is aborted. */
  readonly onLoop: (running: boolean) => void;
  readonly signal: AbortSignal;
  /** Pauses after so many epochs, as if it were interrupted then. Default null: never. */
  readonly pauseAfterEpochs?: number | null | undefined;
  /** Warns of what stands out in the data, with this command for all of it; undefined: says nothing. */
  readonly lintCommand?: string | undefined;
  /** Looks on; what it throws ends the run. Default: nobody does */
  readonly watcher?: RunWatcher | undefined;
  /** See `TrainOptions` of `@cellstate/training`. */
  readonly endAtStep?: number | undefined;
}

/** Who looks on, such as a repetition that compares with the run before it. */
interface RunWatcher {
  onPrepared(prepared: Prepared): void;
  /** Told of each line of the log, once it is written. */
  onLine(line: MetricsLine): void;
}

/** The result, or `undefined` if the run was interrupted or paused and left a checkpoint. */
export async function trainRun(options: TrainRunOptions): Promise<RunResult | undefined> {
  const { lock, progress } = options;
  const threads = lock.options.threads ?? "auto";
  const session = await createSession({ backend: lock.options.backend, threads });
  try {
    progress.line(`backend ${session.backendText}, ${describeThreads(session.threads, threads)}`);
    progress.line(`run     ${options.paths.folder}`);
    if (options.resumed) {
      for (const drift of driftOf(lock, numericsVersion)) progress.warn(`warning: ${drift}`);
      restoreConfig(options);
    }
    return await trainWith(session, options);
  } finally {
    await session.dispose();
  }
}

/** Of threads that nobody chose, all work only while that is measured to be faster than one. */
function describeThreads(threads: number, asked: number | "auto"): string {
  if (threads === 1) return "1 thread";
  return asked === "auto" ? `${threads} threads, or 1 while that is measured to be faster` : `${threads} threads`;
}

/** The lock alone decides what is trained; the file beside it is for people. */
function restoreConfig({ paths, lock, progress }: TrainRunOptions): void {
  if (!existsSync(paths.config)) {
    progress.warn(`warning: ${paths.config} is missing; it is written anew from ${basename(paths.lock)}`);
    writeFileAtomic(paths.config, lock.configText);
  } else if (readFileSync(paths.config, "utf8") !== lock.configText) {
    progress.warn(
      `warning: ${paths.config} was changed since the run began; the run goes on with ${basename(paths.lock)}`,
    );
  }
}

async function trainWith(session: Session, options: TrainRunOptions): Promise<RunResult | undefined> {
  const { paths, experiment, base, progress, tasks } = options;
  progress.phase("reading data");
  const prepared = await prepare({ experiment, base, lock: options.lock, shards: paths.shards, tasks });
  progress.line(`data    ${describeSizes(prepared)}`);
  if (options.lintCommand !== undefined) {
    for (const line of glanceAtData(prepared, options.lintCommand)) progress.line(line);
  }
  options.watcher?.onPrepared(prepared);

  const { model, coverages } = await beginModel(session, prepared, experiment, progress);
  progress.line(`model   ${formatWhole(parameterCount(model))} parameters`);
  const lock: ConfigLock = {
    ...options.lock,
    data: prepared.dataHashes,
    tokenizer: prepared.fileHashes,
    segmenter: prepared.pipeline.usesSegmenter ? segmenterVersions() : null,
    backend: session.backendName,
    threads: session.threads,
  };
  writeLock(paths.lock, lock);
  await writeDataLines(paths, experiment, Object.keys(prepared.dataset.hashes), base);
  // What an earlier end of this run has sealed is about to change.
  rmSync(paths.manifest, { force: true });

  const trained = await trainLoop({ session, model, prepared, lock, options });
  progress.end();
  progress.line(`memory  ${formatWhole(Math.ceil(session.peakBytes() / 2 ** 20))} MiB of tensors at the peak`);
  if (trained.status === "interrupted") return undefined;
  const warning = selectionWarning(readMetrics(paths.metrics), prepared.plan);
  if (warning !== undefined) progress.warn(`warning: ${warning}`);
  return await finishRun({ session, model, prepared, trained, paths, experiment, progress, tasks, coverages });
}

interface LoopInput {
  readonly session: Session;
  readonly model: TaskModel;
  readonly prepared: Prepared;
  readonly lock: ConfigLock;
  readonly options: TrainRunOptions;
}

async function trainLoop({ session, model, prepared, lock, options }: LoopInput): Promise<TrainResult> {
  const { paths, experiment, progress, pauseAfterEpochs = null } = options;
  const pause = new AbortController();
  const pauseIfDue = (epochs: number) => {
    if (pauseAfterEpochs !== null && epochs >= pauseAfterEpochs) pause.abort();
  };
  const signal = AbortSignal.any([options.signal, pause.signal]);
  const keepBest = keptScores(experiment.training.keepCheckpoints);
  const checkpoints = new CheckpointFolder(paths.checkpoints, { run: lock.configHash, keepBest });
  const found = options.resumed ? await findCheckpoint(checkpoints, progress) : undefined;
  pauseIfDue(found?.state.epoch ?? 0);
  const from = found?.state ?? readForkStart(paths, lock, { experiment, plan: prepared.plan });
  const isUnscored = found !== undefined && isBetweenEvaluations(found.state, experiment.training);
  const damaged = cutMetrics(paths.metrics, found?.state.step ?? 0, isUnscored);
  if (damaged.length > 0) progress.warn(`warning: ${paths.metrics}: ${damagedLines(damaged)} and left out`);

  const { checkpointEverySteps = lock.checkpointEverySteps } = experiment.training;
  const { budgetMinutes } = lock.options;
  const dev = prepared.evaluated.get("dev")!;
  const metrics = prepared.plan.metrics.map(({ name }) => name);
  const log = new MetricsLog(
    paths.metrics,
    experiment.training.csvLog ? { path: paths.metricsCsv, metrics } : undefined,
  );
  const batches = await model.batches(prepared.train, batchOptionsOf(experiment));
  const tracking = experiment.training.tensorboard
    ? new TensorBoardTracking({
        path: paths.events,
        model,
        gateSample: await gateSampleOf(prepared, model),
        totalSteps: stepsOf(experiment, batches),
        step: found?.state.step ?? 0,
      })
    : undefined;
  const write = (line: MetricsLine) => {
    log.append(line);
    tracking?.line(line);
    options.watcher?.onLine(line);
  };
  options.onLoop(true);
  try {
    return await train({
      session,
      parameters: model.parameters(),
      buffers: model.buffers?.(),
      optimizer: experiment.optimizer,
      schedule: experiment.schedule,
      own: prepared.task.own,
      training: {
        ...experiment.training,
        ...(checkpointEverySteps === null ? {} : { checkpointEverySteps }),
        ...(budgetMinutes === undefined ? {} : { maxMinutes: budgetMinutes }),
      },
      batches,
      lossOf: (batch, step, statisticsShare) => model.loss(batch, { training: true, step, statisticsShare }),
      evaluate: async () => {
        const evaluation = await model.evaluate(dev, evaluating("dev", dev, progress));
        await tracking?.see(evaluation, "dev");
        return evaluation.scores;
      },
      selection: { ...prepared.plan.selection, tieBreaker: prepared.plan.loss },
      checkpoints,
      ...(from && { resumeFrom: from }),
      signal,
      endAtStep: options.endAtStep,
      onFailedStep: (failure) => keepFailedStep(failure, { prepared, lock, options }),
      callbacks: [
        reporting(write, prepared, experiment, progress),
        {
          onCheckpointInterval: (steps) => writeLock(paths.lock, { ...lock, checkpointEverySteps: steps }),
          onEpochEnd: ({ epoch }) => pauseIfDue(epoch),
        },
        tracking?.callbacks ?? {},
      ],
      gradientWatch: tracking?.gradientWatch,
    });
  } finally {
    options.onLoop(false);
    tracking?.close();
    log.close();
  }
}

/** Dev examples on which TensorBoard is shown what gates do. */
const GATE_SAMPLE = 16;

/** The first dev examples as one batch; none where batches carry states from one to the next, which a look would move on. */
async function gateSampleOf({ pipeline, dataset }: Prepared, model: TaskModel): Promise<TaskBatch | undefined> {
  const examples = await pipeline.encode(dataset.evaluated.dev!.slice(0, GATE_SAMPLE), "dev");
  const batches = await model.batches(examples, { batchSize: GATE_SAMPLE, seed: 0 });
  return batches.carried === undefined ? (await batches.next()).batch : undefined;
}

/** Steps of a run that nothing ends early. */
function stepsOf({ training }: Experiment, { batchesPerEpoch }: Pick<BatchSource<unknown>, "batchesPerEpoch">): number {
  const { epochs, accumulateSteps, maxSteps = Number.POSITIVE_INFINITY } = training;
  return Math.min(epochs * Math.ceil(batchesPerEpoch / accumulateSteps), maxSteps);
}

/** Keeps what is needed to take the step again, and says how. */
async function keepFailedStep(
  { error, batches, state }: FailedStep<TaskBatch>,
  { prepared, lock, options: { paths, progress } }: Pick<LoopInput, "prepared" | "lock" | "options">,
): Promise<void> {
  const records = await batchRecords(prepared.pipeline, prepared.dataset.train, batches);
  writeFailedStep(paths, lock, { error, state, records });
  progress.warn(`step ${error.step} is kept; take it again with: cellstate replay ${quote(asCaller(paths.folder))}`);
}

async function findCheckpoint(checkpoints: CheckpointFolder, progress: Progress) {
  const warn = ({ message }: Error) => progress.warn(`warning: skipped a damaged checkpoint: ${message}`);
  const found = await checkpoints.latest(warn);
  const from = found === undefined ? "the beginning: there is no whole checkpoint" : `step ${found.state.step}`;
  progress.line(`resume  from ${from}`);
  return found;
}

/** Writes what happens into the log and shows it. */
function reporting(
  write: (line: MetricsLine) => void,
  { plan }: Prepared,
  { training: { epochs } }: Experiment,
  progress: Progress,
): TrainingCallbacks {
  return {
    onStep(event) {
      progress.step(event, epochs);
      if (!isLogged(event.step, event.totalSteps)) return;
      const { totalSteps: _, tokens: __, ...line } = event;
      write({ kind: "step", ...line });
    },
    onEvaluate(event) {
      write({ kind: "evaluate", ...event });
      const scores = plan.metrics.flatMap(({ name, unit }) => {
        const value = event.metrics[name];
        return typeof value === "number" ? [`${name} ${formatScore(value, unit)}`] : [];
      });
      const selected = event.metrics[plan.selection.name];
      if (typeof selected === "number") {
        progress.score(`${plan.selection.name} ${formatScore(selected, plan.selection.unit)}`);
      }
      const best = event.improved ? "  *" : "";
      progress.line(`epoch ${event.epoch}/${epochs}  step ${event.step}  dev ${scores.join("  ")}${best}`);
    },
    onEpochEnd: (event) => write({ kind: "epoch", ...event }),
  };
}

/** Long runs log every so many steps, about two thousand lines in all. */
function isLogged(step: number, totalSteps: number): boolean {
  return step % Math.max(1, Math.ceil(totalSteps / 2000)) === 0;
}

function describeSizes({ dataset, train, evaluated }: Prepared): string {
  const sizes = [`train ${formatWhole(train.length)}`];
  for (const [split, examples] of evaluated) sizes.push(`${split} ${formatWhole(examples.length)}`);
  return `${dataset.name}: ${sizes.join(", ")} examples, ${formatCount(train.totalSize)} training tokens`;
}
