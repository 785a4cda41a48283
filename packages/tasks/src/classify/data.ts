/** From labelled texts to batches of ids: tokenizer and labels fitted on train, encoding, collating. */
import { DataFileError, type DataRecord, type Records } from "@cellstate/data";
import { type PaddedIds, padIds } from "@cellstate/lstm-core";
import type { ReadFile, Tokenizer } from "@cellstate/tokenizers";
import { encodeText, fitTokenizer } from "../tokenizer/fit-tokenizer.ts";
import type { ClassifyConfig } from "./config.ts";

/** What a classifier reads. */
export const classifierFields = {
  text: { kind: "text" },
  label: { kind: "category", target: true },
  /** How much the example counts in the loss of training. Default 1. */
  weight: { kind: "number", target: true, optional: true, onlyNamed: true },
} as const;
export type ClassifierFields = typeof classifierFields;

/** What a classifier learns from the train split before it trains. */
export interface FittedClassifier {
  readonly tokenizer: Tokenizer;
  /** Label names, sorted by code units; a label's place is its class number. */
  readonly labels: readonly string[];
  /** Training examples of each label. */
  readonly trainCounts: readonly number[];
}

/** One text as ids. */
export interface TextExample {
  /** Place in its file, from 0. */
  readonly index: number;
  readonly text: string;
  readonly ids: readonly number[];
  /** Class number; undefined where the text has no label. */
  readonly label: number | undefined;
  /** Its share in the loss of training; undefined where the data have no such column. */
  readonly weight?: number | undefined;
}

export interface TextBatch {
  readonly ids: PaddedIds;
  /** `[batch]`: class numbers; -1 where there is none, which the loss does not count. */
  readonly labels: Int32Array;
  /** `[batch]`: the share of each text in the loss; undefined where all are 1. */
  readonly weights?: Float64Array | undefined;
}

/**
 * Trains or reads the tokenizer and lists the labels of the train split.
 *
 * @throws {DataFileError} if all of train has one label
 */
export async function fitClassifier(
  config: ClassifyConfig,
  train: Records<ClassifierFields>,
  read: ReadFile,
): Promise<FittedClassifier> {
  const counts = await countLabels(train);
  const labels = [...counts.keys()].sort();
  return {
    tokenizer: await fitTokenizer(config.tokenizer, textsOf(train), {
      section: "tokenizer",
      specialTokens: ["pad", "unk"],
      needed: config.model.unkDropout > 0 ? ["pad", "unk"] : ["pad"],
      read,
    }),
    labels,
    trainCounts: labels.map((label) => counts.get(label)!),
  };
}

async function countLabels(train: Records<ClassifierFields>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let last: DataRecord<ClassifierFields> | undefined;
  for await (const record of train) {
    const { label } = record.values;
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
    last = record;
  }
  if (counts.size < 2 && last !== undefined) throw oneLabel(counts, last);
  return counts;
}

async function* textsOf(train: Records<ClassifierFields>): AsyncGenerator<string, void, undefined> {
  for await (const { values } of train) yield values.text;
}

function oneLabel(counts: ReadonlyMap<string, number>, { file, line }: DataRecord<ClassifierFields>): DataFileError {
  const [label = "", count = 0] = [...counts][0] ?? [];
  const all = count === 1 ? "the only training example has" : `all ${count} training examples have`;
  return new DataFileError(
    file,
    line,
    `up to here ${all} the label ${JSON.stringify(label)}; a classifier needs examples of at least two labels`,
  );
}

const OF_TRAIN = ["does not occur in train, which has", "mend the label or add training examples"] as const;

/**
 * The class number of a record's label; undefined where it has none.
 *
 * @param unseen  what is wrong with another label and what to do. Default: train lacks it
 * @returns a function that throws a `DataFileError` naming file and line of a label that is not among them
 */
export function labelNumbers(
  labels: readonly string[],
  unseen: readonly [fault: string, advice: string] = OF_TRAIN,
): (record: DataRecord<ClassifierFields>) => number | undefined {
  const classes = new Map(labels.map((label, index) => [label, index]));
  return ({ values: { label }, file, line }) => {
    if (label === undefined) return undefined;
    const number = classes.get(label);
    if (number === undefined) throw new DataFileError(file, line, unseenLabel(label, labels, unseen));
    return number;
  };
}

function unseenLabel(label: string, labels: readonly string[], [fault, advice]: readonly [string, string]): string {
  const shown = labels.slice(0, 10).map((name) => JSON.stringify(name));
  const known =
    labels.length > shown.length ? `${shown.join(", ")} and ${labels.length - shown.length} more` : shown.join(", ");
  return `the label ${JSON.stringify(label)} ${fault} ${known}; ${advice}`;
}

/** Encodes texts by one fitted classifier. */
export class RecordEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #numberOf: (record: DataRecord<ClassifierFields>) => number | undefined;

  constructor({ tokenizer, labels }: FittedClassifier) {
    this.#tokenizer = tokenizer;
    this.#numberOf = labelNumbers(labels);
  }

  /** @throws {DataFileError} naming file and line of a label that train lacks, or of a weight below 0 */
  encode(record: DataRecord<ClassifierFields>, index: number): TextExample {
    const { values, file, line } = record;
    const { text, weight } = values;
    const label = this.#numberOf(record);
    if (weight !== undefined && weight < 0) {
      throw new DataFileError(file, line, `weight: expected a number of at least 0, got ${weight}`);
    }
    return { index, text, ids: encodeText(this.#tokenizer, text).ids, label, weight };
  }
}

export function collateTexts(examples: readonly TextExample[], padId: number): TextBatch {
  return {
    ids: padIds(
      examples.map(({ ids }) => ids),
      padId,
    ),
    labels: Int32Array.from(examples, ({ label }) => label ?? -1),
    ...(examples.some(({ weight }) => weight !== undefined)
      ? { weights: Float64Array.from(examples, ({ weight }) => weight ?? 1) }
      : {}),
  };
}
