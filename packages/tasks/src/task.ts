/**
 * What every task is to those who run it, in steps that each have bound what came before: a task becomes a plan by its config,
 * a plan a pipeline by its training data, a pipeline a model by its weights. No type of a task's own shows; see `define-task.ts`.
 */
import type { Columns, Curriculum, DataRecord, Fields, Records } from "@cellstate/data";
import type { BatchLoss, Module, StepContext } from "@cellstate/lstm-core";
import type { Rng, Session } from "@cellstate/tensor";
import type { ReadFile } from "@cellstate/tokenizers";
import type { BatchSource, MetricInfo, OwnChoices } from "@cellstate/training";
import type { z } from "zod";
import type { Attribution, ExplainOptions } from "./attribution.ts";
import type { Network } from "./network.ts";
import type { Components } from "./plugin/components.ts";
import type { MarkedPart, ReportSection } from "./report-section.ts";
import type { VectorsConfig } from "./vectors/config.ts";

/** Files by name, such as `tokenizer.json`, wherever they lie. */
export type FileContents = ReadonlyMap<string, Uint8Array>;

/** Scores of one split by the names of its metrics, and texts that say how a score was made, such as a BLEU signature. */
export type Scores = Readonly<Record<string, number | string>>;

/** One line of `predictions/<split>.jsonl`: plain JSON. */
export type PredictionLine = Readonly<Record<string, unknown>>;

/** A kind of experiment. */
export interface Task {
  /** What `task:` in a config says. */
  readonly name: string;
  /** The task's own sections of an experiment (`tokenizer`, `model`, ...), as a strict object. */
  readonly configSchema: z.ZodObject;
  /** Whether the answer to an input is a text that can be printed by itself, such as a translation. */
  readonly writesText: boolean;
  /** Whether its models go on with a text (`TaskModel.generate`). */
  readonly writesOn: boolean;
  /** What the card of a model says of every model of the task; undefined where the task does not say it. */
  readonly card: TaskCard | undefined;
  /** The rows of the table that an answer is, such as the steps of a forecast; undefined where an answer is none. */
  readonly rows: ((line: PredictionLine) => readonly Readonly<Record<string, string | number>>[]) | undefined;
  /**
   * What an answer to a past says of the first step that it forecast, where the truth is known by now: a row for each target, with the truth, the
   * interval, and `score`, how many half-widths of the interval lie between forecast and truth. Undefined where answers are no forecasts.
   */
  readonly surprises: ((line: PredictionLine) => readonly Readonly<Record<string, string | number>>[]) | undefined;
  /** The text of an answer with what was found marked, such as its names; undefined where answers mark nothing. */
  readonly marked: ((line: PredictionLine) => readonly MarkedPart[]) | undefined;
  /** @param sections  parsed by `configSchema` */
  plan(sections: unknown): Plan;
  /** Optimizers and schedules that its experiments can name besides those that come along. Default: none. */
  readonly own?: OwnChoices | undefined;
  /** The same task with what plugins add to its choices. Default: it takes nothing. */
  readonly extend?: (components: Components) => Task;
}

/** What holds for every model of a task, in plain sentences. */
export interface TaskCard {
  /** What its models do. */
  readonly purpose: string;
  /** What Hugging Face's hub calls such models, such as `text-classification`. */
  readonly pipelineTag?: string | undefined;
  /** What they cannot do, and what they should not be used for. */
  readonly limits: readonly string[];
}

/** A task with its config. */
export interface Plan {
  /** What it reads of each record, by role. */
  readonly fields: Fields;
  /** What its models are scored by, in the order of reports. */
  readonly metrics: readonly MetricInfo[];
  /** The one of `metrics` that is the loss of training, without what only training adds to it. */
  readonly loss: MetricInfo;
  /** The one of `metrics` that chooses the best weights on dev. */
  readonly selection: MetricInfo;
  /**
   * Learns what comes before the model, such as tokenizers and labels, from the train split alone.
   *
   * @param read  reads the files that the config names
   * @throws {DataError} if the train split cannot teach this task, such as with one label only
   */
  fit(train: Records, read: ReadFile): Promise<Pipeline>;
  /**
   * Restores what `Pipeline.save` wrote, with the code that only models of this task need.
   *
   * @throws {ModelFilesError} if a file is missing or malformed
   */
  load(files: FileContents): Promise<Pipeline>;
}

/** A plan with what was learned before the model. */
export interface Pipeline {
  /** The files that restore it. */
  save(): FileContents;
  /** Whether its examples are made of several records, such as windows of a series, so that none is that of one record. */
  readonly cutsSeries: boolean;
  /** Whether it cuts words by the dictionary of the runtime, whose version then matters. */
  readonly usesSegmenter: boolean;
  /**
   * Encodes the records of one split, in file order. Some may be left out of `train`, never of others.
   *
   * @throws {DataFileError} naming file and line of a record that cannot be used, such as with a label unseen in train
   */
  encode(records: Records, split: string, options?: EncodeOptions): Promise<Encoded>;
  /**
   * The names of the rows of some parameters, such as the tokens of an embedding: by them the rows of one model are found in another
   * whose vocabulary differs.
   */
  rowNames(): ReadonlyMap<string, readonly string[]>;
  /** Which of its parameters a model of another task begins with, by patterns as in `init.map`; undefined: all. */
  readonly forOtherTasks: readonly string[] | undefined;
  /** The tables that begin with word vectors of a file, as the config says. */
  readonly pretrained: readonly PretrainedTable[];
  /**
   * What saved lines of predictions say of a split, without a model: scores, and which answers are right. Undefined for tasks whose
   * lines do not tell.
   *
   * @throws {RangeError} if a line is not one of this task
   */
  recall(lines: readonly PredictionLine[]): RecalledAnswers | undefined;
  /** Makes the model with its first weights; `openModel` makes one with saved weights. */
  build(session: Session, rng: Rng): TaskModel;
  /**
   * Fits the trivial models that the scores stand beside.
   *
   * @param dev  where they choose between settings. Default: none, and they take usual ones
   */
  fitBaselines(train: Encoded, dev?: Encoded | undefined): Promise<FittedBaselines>;
  /** Restores what `FittedBaselines.save` wrote; without such a file there are none. @throws {ModelFilesError} if it is malformed */
  loadBaselines(files: FileContents): FittedBaselines;
}

/** A parameter, `[rows, size]`, whose rows begin with word vectors of a file. */
export interface PretrainedTable {
  /** Its name. */
  readonly parameter: string;
  /** Key path of the section that names the file. */
  readonly section: string;
  readonly options: VectorsConfig;
  /** The word of each row; undefined where it stands for none, such as the unknown token. */
  readonly words: readonly (string | undefined)[];
  /** The row of padding, which stays zero. */
  readonly paddingRow: number;
  /** How often the training examples look each row up. */
  countRows(train: Encoded): Promise<Float64Array>;
}

/** The trivial models of a task, fitted to its train split. */
export interface FittedBaselines {
  /** The files that restore them. */
  save(): FileContents;
  /** Their scores on the same examples. */
  score(splits: ReadonlyMap<string, Encoded>): Baselines;
}

/** A trivial model's name to its scores by split. */
export type Baselines = Readonly<Record<string, Readonly<Record<string, Scores>>>>;

/** Encoded records, which only the pipeline that made them and its models can read. */
export interface Encoded {
  readonly length: number;
  /** Sum of their sizes, such as tokens. */
  readonly totalSize: number;
}

/** What encoding may know beside the records. */
export interface EncodeOptions {
  /** Takes the examples, for splits that are too large for memory. Default: a list. */
  readonly writer?: EncodedWriter | undefined;
  /**
   * The records of the splits before this one, in the order train, dev, test, ...: what the first examples of a series look back on. Most
   * tasks leave them alone. Default: none.
   */
  readonly earlier?: Records | undefined;
}

/** Where encoded examples go, such as a folder of shards: a writer of `@cellstate/data`. */
export interface EncodedWriter {
  add(example: unknown, size: number): void | Promise<void>;
  finish(): Encoded | Promise<Encoded>;
}

/** A pipeline with a model: it trains, scores and predicts. */
export interface TaskModel extends Module {
  /** What it consists of, where other formats have such a network; undefined where they have not. */
  readonly network: Network | undefined;
  /** Why there is no `network`, naming the key of the config that is in its way; undefined where the task has none anyway. */
  readonly networkFault?: string | undefined;
  /** Training batches; by default of similar size and shuffled. A model that carries a state makes its own. */
  batches(train: Encoded, options: BatchOptions): Promise<BatchSource<TaskBatch>>;
  loss(batch: TaskBatch, step: Omit<StepContext, "examples" | "penalties">): BatchLoss;
  /** Predicts and scores a labelled split. */
  evaluate(examples: Encoded, options?: EvaluateOptions): Promise<Evaluation>;
  /**
   * Learns from dev what only the trained model can tell, such as how wide its intervals must be; its pipeline saves it, and its answers change
   * with it. For the model with its last weights. Undefined for tasks that learn nothing of the kind.
   *
   * @param train  what the model was trained on, for parts that answer beside the network and are joined with it by dev
   */
  readonly calibrate: ((dev: Encoded, train: Encoded) => Promise<void>) | undefined;
  /** Predicts records as they come, in their order and in flat memory; while none comes, those that came are answered. */
  predict(records: Iterable<DataRecord> | AsyncIterable<DataRecord>): AsyncGenerator<PredictionLine, void, undefined>;
  /**
   * Predicts records as `predict` does, and says how much each word counts in the answer. Undefined for tasks that do not explain their
   * answers.
   *
   * @throws {RangeError} if an option lies outside its range
   */
  readonly explain:
    | ((
        records: Iterable<DataRecord> | AsyncIterable<DataRecord>,
        options?: ExplainOptions,
      ) => AsyncGenerator<Explanation, void, undefined>)
    | undefined;
  /** Why there is no `explain`, naming the key of the config that is in its way; undefined where the task has none anyway. */
  readonly explainFault?: string | undefined;
  /**
   * Writes on from a prompt, piece by piece as it is drawn; the same seed gives the same text on every backend. Undefined for tasks that
   * do not write freely.
   *
   * @throws {PromptError} if the prompt holds what the model does not know
   */
  readonly generate:
    | ((prompt: string, options: GenerateOptions) => AsyncGenerator<string, void, undefined>)
    | undefined;
}

/** An answer and what it hangs on. */
export interface Explanation {
  /** What `predict` gives. */
  readonly line: PredictionLine;
  readonly attribution: Attribution;
}

/** How a text is written on. */
export interface GenerateOptions {
  /** Tokens at most, integer >= 1. */
  readonly length: number;
  /** What scores are divided by, at least 0: below 1 likely tokens become likelier, and 0 takes the likeliest. Default 1. */
  readonly temperature?: number | undefined;
  /** Draws from so many of the likeliest tokens, integer >= 1. Default: all. */
  readonly topK?: number | undefined;
  /** Draws from the likeliest tokens that have this share of the probability together, in `(0, 1]` (Holtzman et al. 2020). Default 1. */
  readonly topP?: number | undefined;
  /** Seed of the draws, integer >= 0. Default 0. */
  readonly seed?: number | undefined;
}

/** How an evaluation is watched. */
export interface EvaluateOptions {
  /** Told after each batch of how many examples are predicted. */
  readonly onProgress?: (done: number) => void;
}

/** What fixes the training batches, besides the examples. */
export interface BatchOptions {
  /** Examples in a batch, integer >= 1. */
  readonly batchSize: number;
  /** Seed of the shuffles, integer >= 0. */
  readonly seed: number;
  /** Whether the first epochs take the shortest examples alone. Default: all epochs take all. */
  readonly curriculum?: Curriculum | undefined;
}

/** A collated batch that only the model can read. */
export interface TaskBatch {
  /** The number of each example in its split: the address of its dropout. */
  readonly places: Int32Array;
}

/** What a model made of a split. */
export interface Evaluation {
  readonly scores: Scores;
  /** What the parts of a joined model score alone, by part; empty for models that are one. */
  readonly parts: Readonly<Record<string, Scores>>;
  /** What the scores are made of, such as those of each class. */
  readonly details: EvaluationDetails;
  /** Between which values 95 % of the scores lie where as many examples are drawn again from the same ones. */
  intervals(options: IntervalOptions): Promise<Intervals>;
  /** In file order. */
  lines(): Iterable<PredictionLine>;
  /** What a report shows of it, besides the scores. */
  report(split: string): Promise<readonly ReportSection[]>;
}

/** Scores in depth. */
export interface EvaluationDetails {
  /** By name, as plain JSON. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The same for people, short enough for a terminal. */
  readonly sections: readonly ReportSection[];
}

/** How intervals are found. */
export interface IntervalOptions {
  /** How often the examples are drawn again, integer >= 1. */
  readonly resamples: number;
  /** Seed of the draws. Default 0. */
  readonly seed?: number;
}

/** The answers of a split, read back from its lines. */
export interface RecalledAnswers {
  readonly length: number;
  /** Scores, as far as lines tell them, of the examples with these numbers, which may repeat. */
  score(drawn: readonly number[]): Scores;
  /** The metric that is the share of right answers; undefined where answers are not right or wrong. */
  readonly rightShare: MetricInfo | undefined;
  /** Whether the answer to an example is right; false where there is no `rightShare`. */
  isRight(index: number): boolean;
}

/** The lower and the upper end of a 95 % interval, by metric. */
export type Intervals = Readonly<Record<string, readonly [low: number, high: number]>>;

/** What a saved model must know of its data to read files of the same kind: no path of any machine. */
export interface DataDescription {
  readonly dataset: string;
  readonly columns: Columns;
  /** Label in files to label name, where the card has such a list. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Whether the first row of `.csv` and `.tsv` files names their columns. Default true. */
  readonly header?: boolean | undefined;
}
