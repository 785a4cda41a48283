/** From pairs of texts to batches of ids: tokenizers fitted on train, encoding, collating. */
import { DataConfigError, type DataRecord, type Records } from "@cellstate/data";
import { padIds } from "@cellstate/lstm-core";
import type { BleuTokenizer } from "@cellstate/metrics";
import type { TranslationBatch } from "@cellstate/seq2seq";
import { type ReadFile, SPECIAL_ROLES, type SpecialRole, type Tokenizer } from "@cellstate/tokenizers";
import { encodeText, fitTokenizer } from "../tokenizer/fit-tokenizer.ts";
import { isPair, type TranslationConfig } from "./config.ts";
import { suitingTokenizer } from "./suiting-tokenizer.ts";

/** What a translator reads. */
export const pairFields = {
  source: { kind: "text" },
  target: { kind: "text", target: true },
} as const;
export type PairFields = typeof pairFields;

/** The tokenizers of both sides: one and the same where the config has one for both. */
export interface TokenizerPair {
  readonly source: Tokenizer;
  readonly target: Tokenizer;
}

/** What is learned before the model. */
export interface FittedTranslation extends TokenizerPair {
  /** How BLEU cuts targets into tokens. */
  readonly bleuTokenizer: BleuTokenizer;
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

/** Fits the tokenizers, and what BLEU has for one, to the train split. */
export async function fitTranslation(
  config: TranslationConfig,
  train: Records<PairFields>,
  read: ReadFile,
): Promise<FittedTranslation> {
  const { tokenize } = config.metrics;
  const bleuTokenizer = tokenize === "auto" ? await suitingTokenizer(textsOf(train, "target")) : tokenize;
  return { ...(await fitTokenizers(config, train, read)), bleuTokenizer };
}

/** Trains the tokenizers, on both sides together or each on its own, or reads them from files. */
async function fitTokenizers(
  { tokenizer, unknownReplacement }: TranslationConfig,
  train: Records<PairFields>,
  read: ReadFile,
): Promise<TokenizerPair> {
  const options = (section: string, needed: readonly SpecialRole[]) => ({
    section,
    specialTokens: SPECIAL_ROLES,
    needed,
    read,
  });
  const writes: readonly SpecialRole[] = ["pad", ...(unknownReplacement ? ["unk" as const] : []), "bos", "eos"];
  if (!isPair(tokenizer)) {
    const both = await fitTokenizer(tokenizer, textsOf(train, "source", "target"), options("tokenizer", writes));
    return { source: both, target: both };
  }
  return {
    source: await fitTokenizer(tokenizer.source, textsOf(train, "source"), options("tokenizer.source", ["pad", "eos"])),
    target: await fitTokenizer(tokenizer.target, textsOf(train, "target"), options("tokenizer.target", writes)),
  };
}

/** The texts of some roles, all of one role after the other. */
async function* textsOf(
  train: Records<PairFields>,
  ...roles: readonly (keyof PairFields)[]
): AsyncGenerator<string, void, undefined> {
  for (const role of roles) {
    for await (const { values } of train) {
      const text = values[role];
      if (text !== undefined) yield text;
    }
  }
}

/** A pair as ids; of the split `train` only one that fits `maxLength`. */
export function encodePair(
  { maxLength }: TranslationConfig,
  { source: tokenizer, target: targetTokenizer }: TokenizerPair,
  { values: { source, target } }: DataRecord<PairFields>,
  index: number,
  split: string,
): PairExample | undefined {
  const sourceIds = [...encodeText(tokenizer, source).ids, tokenizer.eosId];
  const targetIds = target === undefined ? undefined : encodeText(targetTokenizer, target).ids;
  const isLong = sourceIds.length - 1 > maxLength || (targetIds?.length ?? 0) > maxLength;
  if (split === "train" && isLong) return undefined;
  return { index, source, sourceIds, reference: target, targetIds };
}

/** The error where no training pair fits `maxLength`. */
export function allTooLong({ maxLength }: TranslationConfig, pairs: number): DataConfigError {
  return new DataConfigError(
    "maxLength",
    `all ${pairs} training pairs have more than ${maxLength} tokens on a side; raise maxLength`,
  );
}

/** @throws {RangeError} if an example has no reference */
export function collatePairs({ source, target }: TokenizerPair, examples: readonly PairExample[]): TranslationBatch {
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
