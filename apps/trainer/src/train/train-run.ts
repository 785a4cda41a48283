/** One run from its locked config to `result.json`; begins anew or goes on from the last checkpoint. */
import { availableParallelism } from "node:os";
import { parameterCount } from "@cellstate/lstm-core";
import { createSession, numericsVersion, Rng, type Session } from "@cellstate/tensor";
import { type TrainResult, train } from "@cellstate/training";
import { CheckpointFolder } from "@cellstate/training/checkpoint";
import type { Experiment } from "../config/schema.ts";
import { formatCount, formatScore, formatWhole } from "../progress/format.ts";
import type { Progress } from "../progress/progress.ts";
import { type ConfigLock, driftOf, segmenterVersions, writeLock } from "../run/config-lock.ts";
import type { RunPaths } from "../run/folder.ts";
import { cutMetrics, MetricsLog } from "../run/metrics-log.ts";
import type { RunResult } from "../run/result.ts";
import { usesSegmenter } from "../run/uses-segmenter.ts";
import { trainingBatches } from "./batches.ts";
import { finishRun } from "./finish-run.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { type LiveModel, score, scoresOf } from "./score.ts";

export interface TrainRunOptions {
  readonly paths: RunPaths;
  readonly lock: ConfigLock;
  readonly experiment: Experiment;
  readonly progress: Progress;
  /** Whether the folder may hold checkpoints of an earlier part. */
  readonly resumed: boolean;
  /** Called around the training loop, the only part that ends gracefully when `signal` is aborted. */
  readonly onLoop: (running: boolean) => void;
  readonly signal: AbortSignal;
}

/** The result, or `undefined` if the run was interrupted and left a checkpoint. */
export async function trainRun(options: TrainRunOptions): Promise<RunResult | undefined> {
  const { lock, progress } = options;
  const threads = lock.options.threads ?? availableParallelism();
  const session = await createSession({ backend: lock.options.backend as "auto", threads });
  try {
    progress.line(`backend ${session.backendName}, ${session.threads} thread${session.threads === 1 ? "" : "s"}`);
    progress.line(`run     ${options.paths.folder}`);
    if (options.resumed) for (const drift of driftOf(lock, numericsVersion)) progress.warn(`warning: ${drift}`);
    return await trainWith(session, options);
  } finally {
    await session.dispose();
  }
}

async function trainWith(session: Session, options: TrainRunOptions): Promise<RunResult | undefined> {
  const { paths, experiment, progress } = options;
  progress.phase("reading data");
  const prepared = await prepare(experiment, options.lock);
  const { task, config, fitted } = prepared;
  progress.line(`data    ${describeSizes(prepared)}`);

  const rng = new Rng(experiment.seed);
  const model = task.buildModel(config, fitted, session, rng);
  const live: LiveModel = { task, config, fitted, model, session };
  progress.line(`model   ${formatWhole(parameterCount(model))} parameters`);
  const lock: ConfigLock = {
    ...options.lock,
    data: prepared.dataHashes,
    tokenizer: prepared.fileHashes,
    segmenter: usesSegmenter(prepared.files) ? segmenterVersions() : null,
    backend: session.backendName,
    threads: session.threads,
  };
  writeLock(paths.lock, lock);

  const trained = await trainLoop(live, prepared, options, lock);
  progress.end();
  progress.line(`memory  ${formatWhole(Math.ceil(session.peakBytes() / 2 ** 20))} MiB of tensors at the peak`);
  if (trained.status === "interrupted") return undefined;
  return await finishRun({ live, prepared, trained, paths, experiment, progress });
}

async function trainLoop(
  live: LiveModel,
  prepared: Prepared,
  options: TrainRunOptions,
  lock: ConfigLock,
): Promise<TrainResult> {
  const { paths, experiment, progress, signal } = options;
  const { task, config, model, session } = live;
  const checkpoints = new CheckpointFolder(paths.checkpoints);
  const warn = ({ message }: Error) => progress.warn(`warning: skipped a damaged checkpoint: ${message}`);
  const found = options.resumed ? await checkpoints.latest(warn) : undefined;
  cutMetrics(paths.metrics, found?.state.step ?? 0);
  if (options.resumed) {
    const from = found === undefined ? "the beginning: there is no whole checkpoint" : `step ${found.state.step}`;
    progress.line(`resume  from ${from}`);
  }

  const { epochs } = experiment.training;
  const checkpointEverySteps = experiment.training.checkpointEverySteps ?? lock.checkpointEverySteps;
  const dev = prepared.evaluated.get("dev") ?? [];
  const log = new MetricsLog(paths.metrics);
  const parameters = model.parameters();
  options.onLoop(true);
  try {
    return await train({
      session,
      parameters,
      optimizer: experiment.optimizer,
      schedule: experiment.schedule,
      training: { ...experiment.training, ...(checkpointEverySteps === null ? {} : { checkpointEverySteps }) },
      batches: trainingBatches({
        task,
        config,
        fitted: prepared.fitted,
        examples: prepared.train,
        batchSize: experiment.training.batchSize,
        seed: experiment.seed,
      }),
      lossOf: ({ batch, examples }, step) => task.loss(config, model, batch, { training: true, step, examples }),
      evaluate: async () => {
        progress.phase("evaluating on dev");
        return scoresOf((await score(live, dev)).metrics);
      },
      selection: task.selection(config),
      checkpoints,
      ...(found === undefined ? {} : { resumeFrom: found.state }),
      signal,
      callbacks: {
        onStep(event) {
          progress.step(event, epochs);
          if (isLogged(event.step, event.totalSteps)) {
            const { step, epoch, loss, learningRate, gradientNorm, tokensPerSecond, elapsedSeconds } = event;
            log.append({
              kind: "step",
              step,
              epoch,
              loss,
              learningRate,
              gradientNorm,
              tokensPerSecond,
              elapsedSeconds,
            });
          }
        },
        onEvaluate(event) {
          log.append({ kind: "evaluate", ...event });
          const scores = Object.entries(event.metrics).filter(
            (entry): entry is [string, number] => typeof entry[1] === "number",
          );
          const text = scores.map(([name, value]) => `${name} ${formatScore(name, value)}`).join("  ");
          progress.line(
            `epoch ${event.epoch}/${epochs}  step ${event.step}  dev ${text}${event.improved ? "  *" : ""}`,
          );
        },
        onEpochEnd: (event) => log.append({ kind: "epoch", ...event }),
        onCheckpointInterval: (steps) => writeLock(paths.lock, { ...lock, checkpointEverySteps: steps }),
      },
    });
  } finally {
    options.onLoop(false);
    log.close();
  }
}

/** Long runs log every so many steps, about two thousand lines in all. */
function isLogged(step: number, totalSteps: number): boolean {
  return step % Math.max(1, Math.ceil(totalSteps / 2000)) === 0;
}

function describeSizes({ dataset, train, evaluated, task }: Prepared): string {
  const sizes = [`train ${formatWhole(train.length)}`];
  for (const [split, examples] of evaluated) sizes.push(`${split} ${formatWhole(examples.length)}`);
  const tokens = train.reduce<number>((sum, example) => sum + task.lengthOf(example), 0);
  return `${dataset.name}: ${sizes.join(", ")} examples, ${formatCount(tokens)} training tokens`;
}
