/** From pairs of texts to batches of ids: tokenizers fitted on train, encoding, collating. */
import { DataConfigError, type DataRecord, type Dataset } from "@cellstate/data";
import { padIds } from "@cellstate/lstm-core";
import type { TranslationBatch } from "@cellstate/seq2seq";
import { SPECIAL_ROLES, type SpecialRole, type Tokenizer } from "@cellstate/tokenizers";
import { pairRecords, trainRecords } from "../records.ts";
import { encodeText, fitTokenizer } from "../tokenizer/fit-tokenizer.ts";
import { isPair, type TranslationConfig } from "./config.ts";

/** The tokenizers of both sides: one and the same where the config has one for both. */
export interface FittedTranslation {
  readonly source: Tokenizer;
  readonly target: Tokenizer;
}

/** One pair as ids. */
export interface PairExample {
  /** Place in its file, from 0. */
  readonly index: number;
  readonly source: string;
  /** The last one is the end of the sequence, so that an empty source has something to attend to. */
  readonly sourceIds: readonly number[];
  /** Undefined where there is no reference. */
  readonly reference: string | undefined;
  /** Without begin and end; undefined where there is no reference. */
  readonly targetIds: readonly number[] | undefined;
}

/** Trains the tokenizers on the train split, on both sides together or each on its own, or reads them from files. */
export async function fitTranslation(
  { tokenizer, unknownReplacement }: TranslationConfig,
  data: Dataset,
  task: string,
): Promise<FittedTranslation> {
  const records = pairRecords(trainRecords(data), task);
  const sources = records.map(({ source }) => source);
  const targets = records.map(({ target }) => target);
  const options = (section: string, needed: readonly SpecialRole[]) => ({
    section,
    specialTokens: SPECIAL_ROLES,
    needed,
  });
  const writes: readonly SpecialRole[] = ["pad", ...(unknownReplacement ? ["unk" as const] : []), "bos", "eos"];
  if (!isPair(tokenizer)) {
    const both = await fitTokenizer(tokenizer, [...sources, ...targets], options("tokenizer", writes));
    return { source: both, target: both };
  }
  return {
    source: await fitTokenizer(tokenizer.source, sources, options("tokenizer.source", ["pad", "eos"])),
    target: await fitTokenizer(tokenizer.target, targets, options("tokenizer.target", writes)),
  };
}

/**
 * Pairs in file order; of the split `train` only those that fit `maxLength`.
 *
 * @throws {DataConfigError} if no training pair fits
 */
export function encodePairs(
  { maxLength }: TranslationConfig,
  fitted: FittedTranslation,
  records: readonly DataRecord[],
  task: string,
  split: string,
): PairExample[] {
  const examples = pairRecords(records, task).map(({ source, target }, index) => ({
    ...encodeSource(fitted, source, index),
    reference: target,
    targetIds: encodeText(fitted.target, target).ids,
  }));
  if (split !== "train") return examples;
  const short = examples.filter(
    ({ sourceIds, targetIds }) => sourceIds.length - 1 <= maxLength && targetIds.length <= maxLength,
  );
  if (short.length === 0 && examples.length > 0) {
    throw new DataConfigError(
      "maxLength",
      `all ${examples.length} training pairs have more than ${maxLength} tokens on a side; raise maxLength`,
    );
  }
  return short;
}

/** Sources without references. */
export function encodeSources(fitted: FittedTranslation, texts: readonly string[]): PairExample[] {
  return texts.map((text, index) => ({
    ...encodeSource(fitted, text, index),
    reference: undefined,
    targetIds: undefined,
  }));
}

function encodeSource({ source: tokenizer }: FittedTranslation, source: string, index: number) {
  return { index, source, sourceIds: [...encodeText(tokenizer, source).ids, tokenizer.eosId] };
}

/** @throws {RangeError} if an example has no reference */
export function collatePairs(
  { source, target }: FittedTranslation,
  examples: readonly PairExample[],
): TranslationBatch {
  return {
    source: padIds(
      examples.map(({ sourceIds }) => sourceIds),
      source.padId,
    ),
    target: padIds(
      examples.map(({ index, targetIds }) => {
        if (targetIds === undefined) throw new RangeError(`collate: example ${index} has no reference to learn from`);
        return targetIds;
      }),
      target.padId,
    ),
  };
}

/** Tokens that are read and written, the ends of both sides counted. */
export function tokensInPairs({ source, target }: TranslationBatch): number {
  const sum = (lengths: Int32Array) => lengths.reduce((total, length) => total + length, 0);
  return sum(source.lengths) + sum(target.lengths) + target.batchSize;
}
