/** From labelled texts to batches of ids: tokenizer and labels fitted on train, encoding, collating. */
import { DataFileError, type DataRecord, type Dataset, type TextRecord } from "@cellstate/data";
import { type PaddedIds, padIds } from "@cellstate/lstm-core";
import type { Tokenizer } from "@cellstate/tokenizers";
import { textRecords, trainRecords } from "../records.ts";
import { encodeText, fitTokenizer } from "../tokenizer/fit-tokenizer.ts";
import type { ClassifyConfig } from "./config.ts";

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
}

export interface TextBatch {
  readonly ids: PaddedIds;
  /** `[batch]`: class numbers; -1 where there is none, which the loss does not count. */
  readonly labels: Int32Array;
}

/**
 * Trains or reads the tokenizer and lists the labels of the train split.
 *
 * @throws {DataFileError} if all of train has one label
 */
export async function fitClassifier(config: ClassifyConfig, data: Dataset, task: string): Promise<FittedClassifier> {
  const records = textRecords(trainRecords(data), task);
  const counts = new Map<string, number>();
  for (const { label } of records) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts.keys()].sort();
  if (labels.length < 2) throw oneLabel(records, labels[0]!);
  const texts = records.map(({ text }) => text);
  return {
    tokenizer: await fitTokenizer(config.tokenizer, texts, {
      section: "tokenizer",
      specialTokens: ["pad", "unk"],
      needed: config.model.unkDropout > 0 ? ["pad", "unk"] : ["pad"],
    }),
    labels,
    trainCounts: labels.map((label) => counts.get(label)!),
  };
}

function oneLabel(records: readonly TextRecord[], label: string): DataFileError {
  const { file, line } = records.at(-1)!;
  const all = records.length === 1 ? "the only training example has" : `all ${records.length} training examples have`;
  return new DataFileError(
    file,
    line,
    `up to here ${all} the label ${JSON.stringify(label)}; a classifier needs examples of at least two labels`,
  );
}

/** @throws {DataFileError} naming file and line of a label that train lacks */
export function encodeTexts(fitted: FittedClassifier, records: readonly DataRecord[], task: string): TextExample[] {
  const classes = new Map(fitted.labels.map((label, index) => [label, index]));
  return textRecords(records, task).map(({ text, label, file, line }, index) => {
    const number = classes.get(label);
    if (number === undefined) throw unseenLabel(fitted, label, file, line);
    return { index, text, ids: encodeText(fitted.tokenizer, text).ids, label: number };
  });
}

function unseenLabel({ labels }: FittedClassifier, label: string, file: string, line: number): DataFileError {
  const shown = labels.slice(0, 10).map((name) => JSON.stringify(name));
  const known =
    labels.length > shown.length ? `${shown.join(", ")} and ${labels.length - shown.length} more` : shown.join(", ");
  return new DataFileError(
    file,
    line,
    `the label ${JSON.stringify(label)} does not occur in train, which has ${known}; mend the label or add training examples`,
  );
}

/** Texts without labels. */
export function encodeUnlabelled(fitted: FittedClassifier, texts: readonly string[]): TextExample[] {
  return texts.map((text, index) => ({ index, text, ids: encodeText(fitted.tokenizer, text).ids, label: undefined }));
}

export function collateTexts(examples: readonly TextExample[], padId: number): TextBatch {
  return {
    ids: padIds(
      examples.map(({ ids }) => ids),
      padId,
    ),
    labels: Int32Array.from(examples, ({ label }) => label ?? -1),
  };
}
