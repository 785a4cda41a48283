/** `train --dry-run`: config, data, model, some steps and a few dev examples, of which nothing stays but how long a run would take. */
import { parameterCount } from "@cellstate/lstm-core";
import type { Scores } from "@cellstate/tasks";
import { type StepEvent, train } from "@cellstate/training";
import { formatCount, formatDuration, formatScore, formatTable, formatWhole } from "../terminal/format.ts";
import { type Rehearsal, type RehearsalOptions, rehearse } from "./rehearsal.ts";

/** Steps that are taken. */
const STEPS = 20;
/** Of these, the first ones, in which memory is found and code is made fast: they are not timed where others are left. */
const WARM_UP = 3;
/** Dev examples that are scored, or a batch where that is more. */
const DEV_EXAMPLES = 256;

/** What a dry run found. */
export interface DryRun {
  readonly formatVersion: 1;
  readonly name: string;
  readonly task: string;
  readonly dataset: string;
  readonly backend: string;
  /** Examples of each split. */
  readonly examples: Readonly<Record<string, number>>;
  readonly trainTokens: number;
  /** Steps of the whole run, unless something ends it early. */
  readonly totalSteps: number;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[]; readonly size: number }[];
  readonly parameterCount: number;
  /** The first step. */
  readonly step: {
    readonly examples: number;
    readonly tokens: number;
    readonly loss: number;
    readonly gradientNorm: number;
    readonly seconds: number;
  };
  /** Of a few dev examples, after the steps. */
  readonly dev: { readonly examples: number; readonly scores: Scores };
  readonly estimate: Estimate;
  /** Most memory of all tensors at once: weights, moments, gradients and activations. */
  readonly peakBytes: number;
}

/** How long the training loop takes on this machine, unless something ends it early; `trainSeconds` of `result.json` is what it becomes. */
interface Estimate {
  readonly trainSeconds: number;
  /** Steps that were taken for it. */
  readonly measuredSteps: number;
  /** Of a step of mean size. */
  readonly stepSeconds: number;
  readonly evaluations: number;
  /** Of one evaluation on all of dev. */
  readonly evaluationSeconds: number;
}

/** @throws {NonFiniteError} if a step is not finite */
export function dryRun(options: RehearsalOptions): Promise<DryRun> {
  return rehearse(options, takeSteps);
}

async function takeSteps({ session, prepared, model, batches, experiment }: Rehearsal): Promise<DryRun> {
  const {
    batchSize,
    epochs,
    accumulateSteps,
    evaluateEverySteps,
    maxSteps = Number.POSITIVE_INFINITY,
  } = experiment.training;
  const { plan, pipeline, dataset, train: examples } = prepared;
  const all = dataset.evaluated.dev!;
  const devRecords = pipeline.cutsSeries ? all : all.slice(0, Math.max(DEV_EXAMPLES, batchSize));
  const dev = await pipeline.encode(devRecords, "dev", { earlier: dataset.train });
  let scores: Scores = {};
  let devSeconds = 0;
  let placed = 0;
  const steps: StepEvent[] = [];
  await train({
    session,
    parameters: model.parameters(),
    buffers: model.buffers?.(),
    optimizer: experiment.optimizer,
    schedule: experiment.schedule,
    own: prepared.task.own,
    training: { ...experiment.training, patience: null },
    endAtStep: STEPS,
    batches,
    lossOf(batch, step) {
      if (step === 0) placed += batch.places.length;
      return model.loss(batch, { training: true, step });
    },
    async evaluate() {
      const started = performance.now();
      scores = (await model.evaluate(dev)).scores;
      devSeconds = (performance.now() - started) / 1000;
      return scores;
    },
    selection: plan.selection,
    callbacks: { onStep: (event) => void steps.push(event) },
  });
  const stepsPerEpoch = Math.ceil(batches.batchesPerEpoch / accumulateSteps);
  const totalSteps = Math.min(epochs * stepsPerEpoch, maxSteps);
  const stepSeconds = secondsPerToken(steps) * (examples.totalSize / stepsPerEpoch);
  const evaluations = evaluationsOf({ totalSteps, stepsPerEpoch, evaluateEverySteps });
  const evaluationSeconds = (devSeconds * (prepared.evaluated.get("dev")?.length ?? 0)) / dev.length;
  const { loss, gradientNorm, tokens, tokensPerSecond } = steps[0]!;
  return {
    formatVersion: 1,
    name: experiment.name,
    task: experiment.task,
    dataset: dataset.name,
    backend: session.backendText,
    examples: {
      train: examples.length,
      ...Object.fromEntries([...prepared.evaluated].map(([split, { length }]) => [split, length])),
    },
    trainTokens: examples.totalSize,
    totalSteps,
    parameters: [...model.parameters()].map(([name, { shape, size }]) => ({ name, shape: [...shape], size })),
    parameterCount: parameterCount(model),
    step: { examples: placed, tokens, loss, gradientNorm, seconds: tokens / tokensPerSecond },
    dev: { examples: dev.length, scores },
    estimate: {
      trainSeconds: totalSteps * stepSeconds + evaluations * evaluationSeconds,
      measuredSteps: steps.length,
      stepSeconds,
      evaluations,
      evaluationSeconds,
    },
    peakBytes: session.peakBytes(),
  };
}

/** Batches differ in length, so time is counted by tokens. */
function secondsPerToken(steps: readonly StepEvent[]): number {
  const secondsTo = ({ tokens, tokensPerSecond }: StepEvent) => tokens / tokensPerSecond;
  const last = steps.at(-1)!;
  const first = steps.length > 2 * WARM_UP ? steps[WARM_UP - 1] : undefined;
  if (first === undefined) return secondsTo(last) / last.tokens;
  return (secondsTo(last) - secondsTo(first)) / (last.tokens - first.tokens);
}

interface Course {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly evaluateEverySteps: number | undefined;
}

/** After each epoch, every so many steps, and at the end. */
function evaluationsOf({ totalSteps, stepsPerEpoch, evaluateEverySteps }: Course): number {
  const afterEpochs = Math.ceil(totalSteps / stepsPerEpoch);
  return afterEpochs + (evaluateEverySteps === undefined ? 0 : Math.floor(totalSteps / evaluateEverySteps));
}

/** The same for people. */
export function describeDryRun(found: DryRun, plan: Rehearsal["prepared"]["plan"]): string {
  const { examples, step, dev, parameters, estimate } = found;
  const splits = Object.entries(examples).map(([split, count]) => `${split} ${formatWhole(count)}`);
  const scores = plan.metrics.flatMap(({ name, unit }) => {
    const score = dev.scores[name];
    return typeof score === "number" ? [`${name} ${formatScore(score, unit)}`] : [];
  });
  const rows = parameters.map(({ name, shape, size }) => [name, `[${shape.join(", ")}]`, formatWhole(size)]);
  return [
    formatTable([["parameter", "shape", "numbers"], ...rows]),
    "\n",
    `backend ${found.backend}\n`,
    `data    ${found.dataset}: ${splits.join(", ")} examples, ${formatCount(found.trainTokens)} training tokens\n`,
    `model   ${formatWhole(found.parameterCount)} parameters\n`,
    `step    ${step.examples} examples, ${formatWhole(step.tokens)} tokens: loss ${step.loss.toFixed(4)}, gradient norm ${step.gradientNorm.toPrecision(4)}\n`,
    `dev     ${dev.examples} examples: ${scores.join(", ")}\n`,
    `memory  ${formatWhole(Math.ceil(found.peakBytes / 2 ** 20))} MiB of tensors at the peak\n`,
    `time    about ${formatDuration(estimate.trainSeconds)} of training, by ${estimate.measuredSteps} steps: ${formatSeconds(estimate.stepSeconds)} a step, ${estimate.evaluations} evaluations of ${formatSeconds(estimate.evaluationSeconds)}\n`,
    `run     ${formatWhole(found.totalSteps)} steps at most; nothing was written\n`,
  ].join("");
}

function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(1)} s`;
}
