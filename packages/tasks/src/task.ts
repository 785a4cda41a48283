/** The one interface that every task implements and all that the trainer knows of it: adding a task is adding a folder, a YAML file and a line in tasks.ts. */
import type { Dataset } from "@cellstate/data";
import type { Module, StepContext } from "@cellstate/lstm-core";
import type { Rng, Session, Tensor } from "@cellstate/tensor";
import type { z } from "zod";

/** Scores of one split; rates are fractions 0..1, losses in nats, BLEU 0..100, signatures are text. */
export type Metrics = Readonly<Record<string, number | string | readonly (readonly number[])[]>>;

/** What the trainer maximises or minimises on dev to choose the best checkpoint. */
export interface SelectionMetric {
  readonly name: string;
  readonly mode: "max" | "min";
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

/** What a task computes with: where tensors live and how far training has come. */
export interface ModelContext {
  readonly session: Session;
}

/**
 * A kind of experiment.
 *
 * @typeParam Config      the task's own sections of the experiment (`tokenizer`, `model`, ...), validated by `configSchema`
 * @typeParam Fitted      what `fit` learned from the train split: tokenizers, label names
 * @typeParam Example     one encoded example; `index` counts from 0 in file order
 * @typeParam Batch       collated examples
 * @typeParam Prediction  the model's answer for one example
 */
export interface Task<Config, Fitted, Example, Batch, Prediction> {
  readonly name: string;
  readonly configSchema: z.ZodType<Config>;
  readonly selection: SelectionMetric;

  /** Fits tokenizer, vocabulary and labels on the train split only. */
  fit(config: Config, data: Dataset): Promise<Fitted>;
  /** The files of a saved model that restore `Fitted`. */
  save(fitted: Fitted): ModelFiles;
  /** Restores what `save` wrote. */
  load(config: Config, files: ModelFiles): Fitted;

  /** Encodes the records of one split, in file order. */
  encode(config: Config, fitted: Fitted, records: Dataset["splits"][string]): Example[];
  /** Encodes texts that have no label, as `predict` gets them. */
  encodeInputs(config: Config, fitted: Fitted, texts: readonly string[]): Example[];
  /** Tokens that the model reads (and writes) for an example: the bucketing key. */
  lengthOf(example: Example): number;

  buildModel(config: Config, fitted: Fitted, session: Session, rng: Rng): Module;
  collate(config: Config, examples: readonly Example[]): Batch;
  /** Real tokens in a batch, without padding. */
  tokensIn(batch: Batch): number;
  loss(config: Config, model: Module, batch: Batch, step: StepContext): LossResult;

  /** Predicts in the given order, whatever batches it makes inside. */
  predict(config: Config, fitted: Fitted, model: Module, examples: readonly Example[], context: ModelContext): Promise<readonly Prediction[]>;
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
