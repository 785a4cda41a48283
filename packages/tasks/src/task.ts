/** The one interface that every task implements and all that the trainer knows of it: adding a task is adding a folder, a YAML file and a line in tasks.ts. */
import type { DataRecord, Dataset } from "@cellstate/data";
import type { Module, StepContext } from "@cellstate/lstm-core";
import type { Rng, Session, Tensor } from "@cellstate/tensor";
import type { z } from "zod";

/** Scores of one split; rates are fractions 0..1, losses in nats, BLEU 0..100, signatures are text. */
export type Metrics = Readonly<Record<string, number | string | readonly (readonly number[])[]>>;

/** What the trainer maximises or minimises on dev to choose the best checkpoint. */
export interface SelectionMetric {
  readonly name: string;
  readonly direction: "max" | "min";
}

/** Text files that make a saved model independent of its run: file name, such as `tokenizer.json`, to contents. */
export type ModelFiles = ReadonlyMap<string, string>;

/** The loss of one batch. */
export interface LossResult {
  /** Mean loss over the counted targets, shape `[]`, nats. */
  readonly loss: Tensor;
  /** Targets that the mean runs over: examples of a classifier, target tokens of a translator. */
  readonly count: number;
}

/** What a task computes with. */
export interface ModelContext {
  readonly session: Session;
}

/** What each token of an answer looked at. */
export interface AttentionMap {
  /** Tokens of the input, as the vocabulary spells them. */
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** A row for each token of the target, a column for each of the source; rows sum to 1. */
  readonly weights: readonly ArrayLike<number>[];
}

/**
 * A kind of experiment.
 *
 * @typeParam Config      the task's own sections of the experiment (`tokenizer`, `model`, ...), validated by `configSchema`
 * @typeParam Fitted      what `fit` learned from the train split: tokenizers, label names
 * @typeParam Example     one encoded example; `index` counts from 0 in file order
 * @typeParam Batch       collated examples
 * @typeParam Prediction  the model's answer for one example
 * @typeParam Model       what `buildModel` makes and the other methods get back
 */
export interface Task<Config, Fitted, Example, Batch, Prediction, Model extends Module = Module> {
  readonly name: string;
  /** The task's sections as a plain strict object, so that the common sections can stand beside them. */
  readonly configSchema: z.ZodObject & z.ZodType<Config>;
  /** Which of `metrics` chooses the best checkpoint. */
  selection(config: Config): SelectionMetric;

  /**
   * Fits tokenizer, vocabulary and labels on the train split only.
   *
   * @throws {DataError} if the train split cannot teach this task, such as with one label only
   */
  fit(config: Config, data: Dataset): Promise<Fitted>;
  /** Files besides the data that `fit` reads, such as a tokenizer; a run keeps their hashes. Default none. */
  sources?(config: Config): Promise<readonly string[]>;
  /** The files of a saved model that restore `Fitted`. */
  save(fitted: Fitted): ModelFiles;
  /** Restores what `save` wrote. @throws {ModelFilesError} if a file is missing or malformed */
  load(config: Config, files: ModelFiles): Fitted;

  /**
   * Encodes the records of one split, in file order. A task may leave records out of the split `train`, never of others.
   *
   * @throws {DataFileError} naming file and line of a record that the task cannot use, such as with a label unseen in train
   */
  encode(config: Config, fitted: Fitted, records: readonly DataRecord[], split: string): Example[];
  /** Encodes texts that have no label, as `predict` gets them. */
  encodeInputs(config: Config, fitted: Fitted, texts: readonly string[]): Example[];
  /** Tokens that the model reads (and writes) for an example: the bucketing key. */
  lengthOf(example: Example): number;

  buildModel(config: Config, fitted: Fitted, session: Session, rng: Rng): Model;
  collate(config: Config, fitted: Fitted, examples: readonly Example[]): Batch;
  /** Real tokens in a batch, without padding. */
  tokensIn(batch: Batch): number;
  loss(config: Config, model: Model, batch: Batch, step: StepContext): LossResult;

  /** Predicts in the given order, whatever batches it makes inside; records no gradients. */
  predict(
    config: Config,
    fitted: Fitted,
    model: Model,
    examples: readonly Example[],
    context: ModelContext,
  ): Promise<readonly Prediction[]>;
  /** For a model with attention: what its answer to one example looked at. */
  attention?(config: Config, fitted: Fitted, model: Model, example: Example): Promise<AttentionMap>;
  metrics(config: Config, fitted: Fitted, predictions: readonly Prediction[], examples: readonly Example[]): Metrics;
  /** Trivial models on the same data and tokens: name to scores for each evaluated split. */
  baselines(
    config: Config,
    fitted: Fitted,
    train: readonly Example[],
    splits: ReadonlyMap<string, readonly Example[]>,
  ): ReadonlyMap<string, ReadonlyMap<string, Metrics>>;
  /** One line of `predictions/<split>.jsonl`; without a label (or reference) where the example has none. */
  toLine(fitted: Fitted, prediction: Prediction, example: Example): Readonly<Record<string, unknown>>;
}

/** A task whose types are its own business: what one of its methods returns, only its other methods take. */
export type AnyTask = Task<unknown, unknown, unknown, unknown, unknown>;
