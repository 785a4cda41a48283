/**
 * `fit`: epochs over examples or batches, with validation and callbacks. It is a loop of its own beside `train` of
 * `@cellstate/training`, on the same optimizers: that one chooses the best weights by dev and writes checkpoints, Keras's keeps the
 * last weights and leaves both to callbacks.
 */
import { OptionError, type OptionNames, Rng, requireKnownOptions } from "@cellstate/tensor";
import { NonFiniteError } from "@cellstate/training";
import { type Batch, countOf, type Examples, inOrder, shuffled, splitExamples } from "../data/batches.ts";
import type { ModelData } from "../data/model-data.ts";
import { DataError, requireCount } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { type Callback, requireCallbacks, toleratesNaN, waitsForValidation } from "./callbacks.ts";
import { evaluateBatches } from "./evaluate.ts";
import {
  type ExampleOptions,
  examplesOf,
  type GivenBatches,
  givenBatches,
  isBatches,
  type TrainingData,
} from "./examples.ts";
import { type ProgressOutput, progress, standardOutput } from "./progress.ts";
import { EpochScores, type Logs, type Trainer } from "./trainer.ts";

export interface FitOptions extends ExampleOptions {
  /** Rounds over all examples. Default 1. */
  readonly epochs?: number | undefined;
  /** Examples of a step. Default 32. */
  readonly batchSize?: number | undefined;
  /** Share of the examples, from the end, that is not trained on but scored after each epoch, in `[0, 1)`. Default 0. */
  readonly validationSplit?: number | undefined;
  /** What is scored after each epoch: `[x, y]`, `[x, y, sampleWeight]`, or batches. Default: nothing. */
  readonly validationData?: readonly [ModelData, ModelData, ModelData?] | GivenBatches | undefined;
  /** Examples of a batch in validation. Default: `batchSize`. */
  readonly validationBatchSize?: number | undefined;
  /** Epochs from one validation to the next. Default 1. */
  readonly validationFreq?: number | undefined;
  /** Whether each epoch has its own order of the examples; batches keep theirs. Default true. */
  readonly shuffle?: boolean | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Number of the first epoch, to go on from. Default 0. */
  readonly initialEpoch?: number | undefined;
  /** Batches of an epoch, where `x` gives batches without end. Default: all. */
  readonly stepsPerEpoch?: number | undefined;
  /** 0 says nothing, 1 shows a bar, 2 a line for each epoch. Default 1. */
  readonly verbose?: 0 | 1 | 2 | undefined;
  /** Where progress is shown. Default: the terminal, or a page's console. */
  readonly output?: ProgressOutput | undefined;
}

const fitOptionNames: OptionNames<FitOptions> = {
  epochs: true,
  batchSize: true,
  validationSplit: true,
  validationData: true,
  validationBatchSize: true,
  validationFreq: true,
  shuffle: true,
  callbacks: true,
  initialEpoch: true,
  stepsPerEpoch: true,
  verbose: true,
  output: true,
  sampleWeight: true,
  classWeight: true,
};

/** What `fit` gives back. */
export interface History {
  /** Numbers of the epochs, from 0. */
  readonly epoch: readonly number[];
  /** One number for each epoch, by Keras's names: `loss`, `accuracy`, `val_loss`, ... */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Milliseconds after which the loop lets the event loop turn, so that pages stay alive and signals arrive. */
const BREATH_MS = 50;

export async function fit(
  model: Model<never> | Model<unknown>,
  x: TrainingData,
  y: ModelData | undefined,
  options: FitOptions,
): Promise<History> {
  requireKnownOptions("fit", options, fitOptionNames);
  requireRanges(options);
  requireCallbacks("fit", options.callbacks ?? []);
  const { epochs = 1, initialEpoch = 0, verbose = 1, validationFreq = 1 } = options;
  const data = await prepare(model as Model<unknown>, x, y, options);
  const { trainer } = data;
  const logs: Record<string, number[]> = {};
  const epochNumbers: number[] = [];
  const shown =
    verbose === 0 ? [] : [progress(options.output ?? standardOutput(), verbose, { epochs, steps: data.stepsPerEpoch })];
  const callbacks = [...(options.callbacks ?? []), ...shown];
  const control = model as Model<unknown>;
  control.stopTraining = false;
  for (const callback of callbacks) await callback.onTrainBegin?.(control);
  let last: Logs = {};
  for (let epoch = initialEpoch; epoch < epochs && !control.stopTraining; epoch++) {
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch, control);
    const scores = await trainEpoch(control, trainer, data.batches(epoch), callbacks);
    if (scores === undefined) break;
    const isValidated = data.validation !== undefined && (epoch + 1 - initialEpoch) % validationFreq === 0;
    const validation = isValidated ? await evaluateBatches(trainer, data.validation!(), BREATH_MS) : {};
    last = {
      ...scores.logs(),
      ...Object.fromEntries(Object.entries(validation).map(([name, value]) => [`val_${name}`, value])),
    };
    epochNumbers.push(epoch);
    for (const [name, value] of Object.entries(last)) logs[name] = [...(logs[name] ?? []), value];
    const isBetween = data.validation !== undefined && !isValidated;
    for (const callback of callbacks) {
      if (!isBetween || !waitsForValidation(callback)) await callback.onEpochEnd?.(epoch, last, control);
    }
  }
  for (const callback of callbacks) await callback.onTrainEnd?.(last, control);
  return { epoch: epochNumbers, history: logs };
}

/** All batches of an epoch; undefined if a loss was no number and a callback takes that as the end. */
async function trainEpoch(
  model: Model<unknown>,
  trainer: Trainer,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  callbacks: readonly Callback[],
): Promise<EpochScores | undefined> {
  const scores = new EpochScores(trainer.compiled);
  const beginners = callbacks.filter(({ onTrainBatchBegin }) => onTrainBatchBegin);
  const enders = callbacks.filter(({ onTrainBatchEnd }) => onTrainBatchEnd);
  let breathed = performance.now();
  let number = 0;
  const next = nextOf(batches);
  for (let batch = await next(); batch !== undefined; ) {
    for (const callback of beginners) await callback.onTrainBatchBegin?.(number, model);
    const loss = trainer.train(batch, scores);
    if (!Number.isFinite(loss)) {
      if (!toleratesNaN(callbacks))
        throw new NonFiniteError(trainer.step + 1, `the loss is ${loss}`, "the loss or a gradient of it");
      model.stopTraining = true;
      return undefined;
    }
    if (enders.length > 0) {
      const logs = scores.logs();
      for (const callback of enders) await callback.onTrainBatchEnd?.(number, logs, model);
    }
    number += 1;
    if (performance.now() - breathed > BREATH_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      breathed = performance.now();
    }
    if (model.stopTraining) break;
    const following = next();
    batch = following instanceof Promise ? await following : following; // nobody waits for what is there
  }
  if (number === 0)
    throw new DataError(
      "fit: expected at least one batch in each epoch, got none; an iterator can be read once, so give something that can be read again",
    );
  return scores;
}

/** The batches one by one, then undefined; a promise only where the source makes one. */
function nextOf(batches: Iterable<Batch> | AsyncIterable<Batch>): () => Batch | undefined | Promise<Batch | undefined> {
  const itemOf = ({ value, done }: IteratorResult<Batch, unknown>) => (done ? undefined : value);
  if (Symbol.iterator in batches) {
    const iterator = batches[Symbol.iterator]();
    return () => itemOf(iterator.next());
  }
  const iterator = batches[Symbol.asyncIterator]();
  return async () => itemOf(await iterator.next());
}

interface Prepared {
  readonly trainer: Trainer;
  readonly stepsPerEpoch: number | undefined;
  batches(epoch: number): Iterable<Batch> | AsyncIterable<Batch>;
  readonly validation: (() => Iterable<Batch> | AsyncIterable<Batch>) | undefined;
}

async function prepare(
  model: Model<unknown>,
  x: TrainingData,
  y: ModelData | undefined,
  options: FitOptions,
): Promise<Prepared> {
  const { batchSize = 32, shuffle = true, stepsPerEpoch, validationSplit = 0 } = options;
  if (!isBatches(x)) model.graphFor(x);
  const trainer = await model.trainer("fit");
  const { graph } = model;
  const given = validationOf(model, trainer, options);
  if (isBatches(x)) {
    if (validationSplit > 0)
      throw new DataError("fit: a validationSplit needs arrays; give validationData beside batches");
    const source = resumable(x, stepsPerEpoch);
    return {
      trainer,
      stepsPerEpoch,
      batches: () => givenBatches(graph, trainer.compiled, source(), options),
      validation: given,
    };
  }
  const all = examplesOf(graph, trainer.compiled, x, y, options);
  const kept = given === undefined ? Math.floor(countOf(all) * (1 - validationSplit)) : countOf(all);
  if (kept === 0)
    throw new DataError(
      `fit: a validationSplit of ${validationSplit} leaves none of ${countOf(all)} examples to train on`,
    );
  const [train, held] = kept === countOf(all) ? [all, undefined] : splitExamples(all, kept);
  const stream = new Rng(model.seed).stream("fit");
  const steps = Math.min(Math.ceil(kept / batchSize), stepsPerEpoch ?? Number.POSITIVE_INFINITY);
  const validation = held === undefined ? given : () => inOrder(held, options.validationBatchSize ?? batchSize);
  return {
    trainer,
    stepsPerEpoch: steps,
    batches: (epoch) =>
      first(
        shuffle ? shuffled(train, batchSize, stream.fork(`epoch ${epoch}`)) : inOrder(train, batchSize),
        stepsPerEpoch,
      ),
    validation,
  };
}

function* first<T>(items: Iterable<T>, count = Number.POSITIVE_INFINITY): Generator<T, void, undefined> {
  let taken = 0;
  for (const item of items) {
    if (taken++ >= count) return;
    yield item;
  }
}

/** Batches of one epoch after the other: of an endless source the next ones, otherwise the source from its start. */
function resumable(batches: GivenBatches, stepsPerEpoch: number | undefined): () => GivenBatches {
  if (stepsPerEpoch === undefined) return () => batches;
  const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  return async function* () {
    for (let step = 0; step < stepsPerEpoch; step++) {
      const { value, done } = await iterator.next();
      if (done) return;
      yield value;
    }
  };
}

function validationOf(model: Model<unknown>, trainer: Trainer, options: FitOptions): Prepared["validation"] {
  const { validationData, validationBatchSize = options.batchSize ?? 32 } = options;
  if (validationData === undefined) return undefined;
  const { graph } = model;
  if (!isTriple(validationData)) {
    if (!isBatches(validationData))
      throw new DataError("fit: expected validationData to be [x, y], [x, y, sampleWeight] or batches");
    return () => givenBatches(graph, trainer.compiled, validationData, {});
  }
  const [x, y, sampleWeight] = validationData;
  const examples: Examples = examplesOf(graph, trainer.compiled, x, y, { sampleWeight });
  return () => inOrder(examples, validationBatchSize);
}

function isTriple(
  data: NonNullable<FitOptions["validationData"]>,
): data is readonly [ModelData, ModelData, ModelData?] {
  return Array.isArray(data);
}

/** @throws {OptionError} naming the first option out of its range */
function requireRanges(options: FitOptions): void {
  for (const name of ["epochs", "batchSize", "validationBatchSize", "validationFreq", "stepsPerEpoch"] as const) {
    requireCount("fit", name, options[name]);
  }
  const { validationSplit = 0, verbose = 1 } = options;
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw new OptionError("fit", "validationSplit", "in [0, 1)", validationSplit);
  if (![0, 1, 2].includes(verbose)) throw new OptionError("fit", "verbose", "0, 1 or 2", verbose);
}
