/** `train --dry-run`: config, data, model, one step and a few dev examples, of which nothing stays. */
import { parameterCount } from "@cellstate/lstm-core";
import type { Scores } from "@cellstate/tasks";
import { type StepEvent, train } from "@cellstate/training";
import { formatCount, formatScore, formatTable, formatWhole } from "../terminal/format.ts";
import { type Rehearsal, type RehearsalOptions, rehearse } from "./rehearsal.ts";

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
  readonly step: {
    readonly examples: number;
    readonly tokens: number;
    readonly loss: number;
    readonly gradientNorm: number;
    readonly seconds: number;
  };
  /** Of a few dev examples, after the step. */
  readonly dev: { readonly examples: number; readonly scores: Scores };
  /** Most memory of all tensors at once: weights, moments, gradients and activations. */
  readonly peakBytes: number;
}

/** @throws {NonFiniteError} if the step is not finite */
export function dryRun(options: RehearsalOptions): Promise<DryRun> {
  return rehearse(options, stepOnce);
}

async function stepOnce({ session, prepared, model, batches, experiment }: Rehearsal): Promise<DryRun> {
  const { batchSize } = experiment.training;
  const { plan, pipeline, dataset, train: examples } = prepared;
  const devRecords = dataset.evaluated.dev!.slice(0, batchSize);
  const dev = await pipeline.encode(devRecords, "dev");
  let scores: Scores = {};
  let placed = 0;
  const steps: StepEvent[] = [];
  await train({
    session,
    parameters: model.parameters(),
    buffers: model.buffers?.(),
    optimizer: experiment.optimizer,
    schedule: experiment.schedule,
    own: prepared.task.own,
    training: { ...experiment.training, maxSteps: 1, patience: null },
    batches,
    lossOf(batch, step) {
      placed += batch.places.length;
      return model.loss(batch, { training: true, step });
    },
    async evaluate() {
      scores = (await model.evaluate(dev)).scores;
      return scores;
    },
    selection: plan.selection,
    callbacks: { onStep: (event) => void steps.push(event) },
  });
  const { epochs, accumulateSteps, maxSteps = Number.POSITIVE_INFINITY } = experiment.training;
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
    totalSteps: Math.min(epochs * Math.ceil(batches.batchesPerEpoch / accumulateSteps), maxSteps),
    parameters: [...model.parameters()].map(([name, { shape, size }]) => ({ name, shape: [...shape], size })),
    parameterCount: parameterCount(model),
    step: { examples: placed, tokens, loss, gradientNorm, seconds: tokens / tokensPerSecond },
    dev: { examples: devRecords.length, scores },
    peakBytes: session.peakBytes(),
  };
}

/** The same for people. */
export function describeDryRun(found: DryRun, plan: Rehearsal["prepared"]["plan"]): string {
  const { examples, step, dev, parameters } = found;
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
    `run     ${formatWhole(found.totalSteps)} steps at most; nothing was written\n`,
  ].join("");
}
