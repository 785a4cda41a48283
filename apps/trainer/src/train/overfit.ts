/**
 * `train --overfit-one-batch`: the same batch again and again, without dropout and at a constant learning rate. A model that cannot learn
 * one batch by heart has a fault that no amount of data mends.
 */
import { ListWriter } from "@cellstate/data";
import type { TaskBatch } from "@cellstate/tasks";
import { type BatchSource, train } from "@cellstate/training";
import { CliError } from "../errors.ts";
import { formatScore, formatTable } from "../terminal/format.ts";
import { type Rehearsal, type RehearsalOptions, rehearse } from "./rehearsal.ts";

/** Steps between two evaluations, and how many evaluations there are. */
const STEPS_BETWEEN = 10;
const EVALUATIONS = 30;
/** Shares of the first loss: below the one the batch is learned, below the other nothing is left to learn. */
const LEARNED = 0.1;
const DONE = 0.01;

/** The loss of the batch after so many steps, with all scores. */
interface Evaluated {
  readonly step: number;
  readonly loss: number;
}

/** What came of it. */
export interface OverfitResult {
  readonly formatVersion: 1;
  readonly name: string;
  /** Examples in the batch. */
  readonly examples: number;
  /** By step, the first before any. */
  readonly losses: readonly Evaluated[];
  /** Whether the loss went down to a tenth of the first, or less. */
  readonly learned: boolean;
}

/** The loss stayed: exit 1. */
class NotLearnedError extends CliError {
  override readonly name = "NotLearnedError";
  readonly exitCode = 1;
}

/** Keeps the examples with some numbers. */
class ChosenWriter extends ListWriter<unknown> {
  readonly #places: ReadonlySet<number>;
  #next = 0;

  constructor(places: Iterable<number>) {
    super();
    this.#places = new Set(places);
  }

  override add(example: unknown, size: number): void {
    if (this.#places.has(this.#next++)) super.add(example, size);
  }
}

export function overfitOneBatch(options: RehearsalOptions): Promise<OverfitResult> {
  return rehearse(options, (rehearsal) => overfit(rehearsal, options.progress));
}

async function overfit(
  { session, prepared, model, batches, experiment }: Rehearsal,
  progress: RehearsalOptions["progress"],
): Promise<OverfitResult> {
  const { plan, pipeline, dataset } = prepared;
  const { batch, tokens } = await batches.next();
  const own = await pipeline.encode(dataset.train, "train", { writer: new ChosenWriter(batch.places) });
  const score = async () => (await model.evaluate(own)).scores;
  const losses: Evaluated[] = [];
  const enough = new AbortController();
  const note = (step: number, loss: unknown) => {
    losses.push({ step, loss: Number(loss) });
    progress.line(`step ${step}  loss ${formatScore(Number(loss), plan.loss.unit)}`);
    if (Number(loss) <= DONE * losses[0]!.loss) enough.abort();
  };
  note(0, (await score())[plan.loss.name]);
  await train({
    session,
    parameters: model.parameters(),
    buffers: model.buffers?.(),
    optimizer: experiment.optimizer,
    schedule: { kind: "constant" },
    own: prepared.task.own,
    // Averages would lag behind the weights whose learning is in question.
    training: { ...experiment.training, epochs: EVALUATIONS, patience: null, averaging: undefined, accumulateSteps: 1 },
    batches: repeated(batch, tokens),
    lossOf: (same) => model.loss(same, { training: false, step: 0 }),
    evaluate: score,
    selection: { name: plan.loss.name, direction: plan.loss.direction },
    callbacks: { onEvaluate: ({ step, metrics }) => note(step, metrics[plan.loss.name]) },
    signal: enough.signal,
  });
  const least = Math.min(...losses.map(({ loss }) => loss));
  return {
    formatVersion: 1,
    name: experiment.name,
    examples: own.length,
    losses,
    learned: least <= LEARNED * losses[0]!.loss,
  };
}

/** One batch for ever. */
function repeated(batch: TaskBatch, tokens: number): BatchSource<TaskBatch> {
  let given = 0;
  return {
    batchesPerEpoch: STEPS_BETWEEN,
    next() {
      given += 1;
      return { batch, tokens, epochEnded: given % STEPS_BETWEEN === 0 };
    },
    state: () => given,
    load() {},
  };
}

/** The same for people. */
export function describeOverfit({ examples, losses }: OverfitResult): string {
  const rows = losses.map(({ step, loss }) => [String(step), loss.toFixed(6)]);
  return `${formatTable([["step", "loss"], ...rows])}\nbatch   ${examples} examples, without dropout\n`;
}

/** @throws {NotLearnedError} if the loss stayed above a tenth of the first */
export function requireLearned({ learned, losses, examples }: OverfitResult): void {
  if (learned) return;
  const [first, last] = [losses[0]!, losses.at(-1)!];
  throw new NotLearnedError(
    `the model did not learn one batch of ${examples} examples by heart: its loss went from ${first.loss.toFixed(4)} to ` +
      `${last.loss.toFixed(4)} in ${last.step} steps, expected a tenth of it or less; try another learningRate or a larger model, ` +
      "and look for equal texts with different labels",
  );
}
