/** What a task says of itself, in types of its own; `define-task.ts` makes a `Task` of it. */
import type { DataRecord, Examples, Fields, Records } from "@cellstate/data";
import type { BatchLoss, Module, StepContext } from "@cellstate/lstm-core";
import type { Rng, Session } from "@cellstate/tensor";
import type { ReadFile } from "@cellstate/tokenizers";
import type { BatchSource, MetricInfo } from "@cellstate/training";
import type { z } from "zod";
import type { Attribution, ExplainOptions } from "./attribution.ts";
import type { Network } from "./network.ts";
import type { ReportSection } from "./report-section.ts";
import type {
  BatchOptions,
  EvaluationDetails,
  FileContents,
  GenerateOptions,
  PredictionLine,
  PretrainedTable,
  Scores,
  Task,
  TaskBatch,
  TaskCard,
} from "./task.ts";

/** A task in the types of its own. */
export interface TaskParts<Config, All extends Fields, Example, Batch, Prediction> {
  readonly name: string;
  /** Its own sections of the config, with their defaults. */
  readonly configSchema: z.ZodObject & z.ZodType<Config>;
  /** Whether an answer is a text that can be printed by itself. Default false. */
  readonly writesText?: boolean;
  /** Whether its models go on with a text, so that `generate` shows them best. Default false. */
  readonly writesOn?: boolean;
  /** What the cards of its models say. Default: their data, scores and how to repeat them alone. */
  readonly card?: TaskCard;
  /** See `Task.rows`. */
  readonly rows?: Task["rows"];
  /** See `Task.surprises`. */
  readonly surprises?: Task["surprises"];
  /** See `Task.marked`. */
  readonly marked?: Task["marked"];
  plan(config: Config): PlanParts<All, Example, Batch, Prediction>;
}

/** See `Plan`. */
export interface PlanParts<All extends Fields, Example, Batch, Prediction> {
  readonly fields: All;
  readonly metrics: readonly MetricInfo[];
  readonly loss: MetricInfo;
  /** Name of the one of `metrics` that chooses the best weights on dev. */
  readonly select: string;
  fit(train: Records<All>, read: ReadFile): Promise<PipelineParts<All, Example, Batch, Prediction>>;
  load(
    files: FileContents,
  ): PipelineParts<All, Example, Batch, Prediction> | Promise<PipelineParts<All, Example, Batch, Prediction>>;
}

/**
 * See `Pipeline`.
 *
 * @typeParam Example     one encoded record: plain data, since large splits keep it on disk
 * @typeParam Batch       collated examples
 * @typeParam Prediction  the model's answer for one example
 */
export type PipelineParts<All extends Fields, Example, Batch, Prediction> = CommonPipelineParts<
  Example,
  Batch,
  Prediction
> &
  (EncodingParts<All, Example> | CuttingParts<All, Example>);

/** A pipeline that makes an example of each record. */
interface EncodingParts<All extends Fields, Example> {
  /**
   * Encodes one record; targets may be missing. `undefined` leaves it out, which only `train` allows.
   *
   * @param index  its place in the split, from 0
   */
  encodeOne(record: DataRecord<All>, index: number, split: string): Example | undefined;
  /** Why no record of train was kept, where `encodeOne` may leave records out. */
  nothingToTrainOn?(records: number): Error;
  readonly encodeAll?: undefined;
}

/** A pipeline whose examples are made of several records, such as windows of a series. */
interface CuttingParts<All extends Fields, Example> {
  /** The example of a record that is to be predicted by itself, as it comes. Default: `encodeAll`, once all have come. */
  encodeInput?(record: DataRecord<All>, index: number): Example;
  /**
   * The examples of a split; of records that are to be predicted, once all have come.
   *
   * @param options.split    its name, or `predict`
   * @param options.earlier  see `EncodeOptions`
   */
  encodeAll(
    records: Records<All>,
    options: { readonly split: string; readonly earlier: Records<All> | undefined },
  ): Promise<Iterable<Example>>;
}

interface CommonPipelineParts<Example, Batch, Prediction> {
  save(): FileContents;
  /** Default false. */
  readonly usesSegmenter?: boolean;
  /** What a model reads and writes for an example, such as tokens: examples of similar size share a batch. */
  size(example: Example): number;
  /** The names of the rows of some parameters. Default: none. */
  rowNames?(): ReadonlyMap<string, readonly string[]>;
  /** See `Pipeline`. Default: all. */
  readonly forOtherTasks?: readonly string[];
  /** The tables that begin with word vectors of a file. Default: none. */
  readonly pretrained?: readonly PretrainedParts<Example>[];
  build(session: Session, rng: Rng): ModelParts<Example, Batch, Prediction>;
  /** Scores by the names of the plan's metrics. @throws {RangeError} if an example has no target */
  score(predictions: readonly Prediction[], examples: readonly Example[]): Scores;
  /** The trivial models that the scores stand beside. Default: none. */
  readonly baselines?: BaselineParts<Example, Prediction>;
  /** What the scores are made of, such as those of each class. Default: nothing. */
  details?(predictions: readonly Prediction[], examples: readonly Example[]): EvaluationDetails;
  /** The answers of a joined model's parts, by part. Default: the model is one. */
  partsOf?(predictions: readonly Prediction[]): Readonly<Record<string, readonly Prediction[]>>;
  /** The line of `predictions/<split>.jsonl`, without the target where the example has none. */
  line(prediction: Prediction, example: Example): PredictionLine;
  /**
   * The reverse of `line`: what it tells of an answer and of its example, as far as `score` and `rightness` ask. Default: saved lines
   * are not read back, and runs are compared without them.
   *
   * @throws {RangeError} if it is no line of this task
   */
  readLine?(line: PredictionLine): { readonly prediction: Prediction; readonly example: Example };
  /** Which answers are right, and the metric that is their share. Default: answers are not right or wrong. */
  readonly rightness?: Rightness<Example, Prediction>;
}

/** How right answers are told from wrong ones. */
export interface Rightness<Example, Prediction> {
  readonly metric: MetricInfo;
  isRight(prediction: Prediction, example: Example): boolean;
}

/** See `PretrainedTable`. */
export interface PretrainedParts<Example> extends Omit<PretrainedTable, "countRows"> {
  /** The rows that an example looks up, as often as it does. */
  rowsOf(example: Example): readonly number[];
}

/**
 * Trivial models in two steps, so that a saved model has them too.
 *
 * @typeParam Learned  what they know of train: plain JSON
 */
export interface BaselineParts<Example, Prediction, Learned = unknown> {
  /** Checks what is read back. */
  readonly schema: z.ZodType<Learned>;
  /** @param dev  where models choose between settings; undefined where there is no such split */
  fit(train: Examples<Example>, dev: Examples<Example> | undefined): Learned | Promise<Learned>;
  /** By name: each answers an example without looking further. */
  models(learned: Learned): Readonly<Record<string, (example: Example) => Prediction>>;
}

/** See `TaskModel`. */
export type ModelParts<Example, Batch, Prediction> = AnsweringParts<Example, Batch, Prediction> &
  (CollatingParts<Example, Batch> | StreamingParts<Example, Batch>);

/** What any model has. */
interface AnsweringParts<Example, Batch, Prediction> {
  readonly module: Module;
  loss(batch: Batch, step: StepContext): BatchLoss;
  /** Answers in the order of the examples; called within a scope, without recording. Answers never depend on each other. */
  predictBatch(examples: readonly Example[]): readonly Prediction[] | Promise<readonly Prediction[]>;
  /**
   * Answers to all examples of a split, which may depend on each other, as those of a text that is read on do; called without an open
   * scope. Default: `predictBatch` on batches of similar size.
   *
   * @param onProgress  told now and then of how many there are
   */
  predictSplit?(
    examples: readonly Example[],
    onProgress: ((done: number) => void) | undefined,
  ): Promise<readonly Prediction[]>;
  /** See `TaskModel`. */
  generate?(prompt: string, options: GenerateOptions): AsyncGenerator<string, void, undefined>;
  /** The answer to an example and how much each word counts in it; called without an open scope. Default: answers are not explained. */
  explainOne?(
    example: Example,
    options: ExplainOptions,
  ): Promise<{ readonly prediction: Prediction; readonly attribution: Attribution }>;
  /** See `TaskModel`. */
  readonly network?: Network | undefined;
  /** See `TaskModel`. */
  readonly networkFault?: string | undefined;
  /** See `TaskModel`. */
  readonly explainFault?: string | undefined;
  /**
   * See `TaskModel`. Default: dev tells nothing.
   *
   * @param predictions  for the examples of dev, as the model makes them by now
   */
  calibrate?(
    predictions: readonly Prediction[],
    examples: readonly Example[],
    train: Examples<Example>,
  ): void | Promise<void>;
  /** What a report shows of a split; called within a scope, without recording. Default: nothing. */
  report?(
    predictions: readonly Prediction[],
    examples: readonly Example[],
    split: string,
  ): readonly ReportSection[] | Promise<readonly ReportSection[]>;
}

/** A model whose training batches are shuffled examples of similar size. */
export interface CollatingParts<Example, Batch> {
  collate(examples: readonly Example[]): Batch;
  /** Real tokens in a batch, without padding. */
  tokens(batch: Batch): number;
  readonly batches?: undefined;
}

/** A model that cuts training batches itself, such as ones that go on where those before them ended. */
interface StreamingParts<Example, Batch> {
  batches(train: Examples<Example>, options: BatchOptions): Promise<BatchSource<PlacedBatch<Batch>>>;
}

/** A batch and the number of each of its examples. */
export interface PlacedBatch<Batch> extends TaskBatch {
  readonly batch: Batch;
}
