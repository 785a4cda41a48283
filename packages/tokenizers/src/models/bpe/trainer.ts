/**
 * Learns byte-pair merges: starting from characters, again and again the most frequent pair of neighbours becomes a
 * token, until the vocabulary is full. Of equally frequent pairs the one with the lower ids goes first.
 *
 * Options and results, counts of pairs that come back after their merge included, are those of Hugging Face's
 * BpeTrainer. Where that leaves the order of equals to chance, here the lower code point goes first.
 */
import { TrainingError } from "../../errors.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { compareCodePoints } from "../../text/unicode.ts";
import { report, type TrainingWatch } from "../../training/training-watch.ts";
import { type AlphabetOptions, chooseAlphabet } from "../alphabet.ts";
import { MergeState } from "./merge-state.ts";
import { type BpeMerge, BpeModel, type BpeOptions } from "./model.ts";
import { SymbolTable } from "./symbol-table.ts";
import { cutWords } from "./word-symbols.ts";

/** What the trainers of BPE and WordPiece have in common. */
export interface MergeTrainerOptions extends AlphabetOptions, TrainingWatch {
  /** Tokens that get the first ids, in this order. */
  readonly specialTokens: readonly string[];
  /** Pairs seen less often are not merged, integer >= 1. */
  readonly minFrequency: number;
  /** Size of the whole vocabulary, special tokens and characters included; characters alone may exceed it. */
  readonly vocabSize: number;
  /** Characters to keep at most, the most frequent ones. Default no limit, whatever `vocabSize` is. */
  readonly limitAlphabet?: number | undefined;
  /** Put before each token that does not begin a word. Default none. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** Put behind each token that ends a word. Default none. */
  readonly endOfWordSuffix?: string | undefined;
}

/** Options of the model that training only hands on. */
type ModelOptions = {
  readonly [Key in "fuseUnk" | "byteFallback" | "ignoreMerges" | "dropout"]?: BpeOptions[Key] | undefined;
};

export interface BpeTrainerOptions extends MergeTrainerOptions, ModelOptions {
  /** Stands for characters outside the alphabet; one of the special tokens. */
  readonly unkToken?: string | undefined;
  /**
   * Limits tokens in characters, prefix and suffix not counted: tokens of two characters are always learned, and
   * longer ones if they are shorter than this. Default no limit.
   */
  readonly maxTokenLength?: number | undefined;
}

/**
 * @param counts how often each word was seen
 * @returns ids: special tokens, characters by code point, their forms with prefix or suffix by code point, merged
 *   tokens as they were learned
 * @throws {TrainingError} if `vocabSize` leaves no room for the special tokens
 */
export function trainBpe(counts: ReadonlyMap<string, number>, options: BpeTrainerOptions): BpeModel {
  const { unkToken, continuingSubwordPrefix, endOfWordSuffix, maxTokenLength } = options;
  const { fuseUnk = false, byteFallback = false, ignoreMerges = false, dropout } = options;
  const { tokens, merges } = learnMerges(counts, options, maxTokenLength);
  return new BpeModel({
    vocabulary: Vocabulary.fromTokens(tokens),
    merges,
    unkToken,
    continuingSubwordPrefix,
    endOfWordSuffix,
    fuseUnk,
    byteFallback,
    ignoreMerges,
    dropout,
  });
}

const MERGES_PER_REPORT = 100;

/**
 * @param maxTokenLength as in `BpeTrainerOptions`
 * @returns tokens, token `i` having id `i`, and the merges in the order in which they apply
 */
export function learnMerges(
  counts: ReadonlyMap<string, number>,
  options: MergeTrainerOptions,
  maxTokenLength?: number,
): { readonly tokens: readonly string[]; readonly merges: readonly BpeMerge[] } {
  const { specialTokens, minFrequency, vocabSize, continuingSubwordPrefix: prefix = "" } = options;
  if (vocabSize < specialTokens.length) {
    throw new TrainingError(
      `trainTokenizer: expected vocabSize of at least ${specialTokens.length}, the number of special tokens, got ${vocabSize}`,
    );
  }
  const table = new SymbolTable(specialTokens);
  for (const character of alphabetOf(counts, options)) table.idOf(character);
  const words = cutWords(counts, table, { prefix, suffix: options.endOfWordSuffix ?? "" });
  const state = new MergeState(words, maxTokenLength);
  const merges = new Map<number, BpeMerge>();
  for (let step = 0; table.size < vocabSize; step++) {
    if (step % MERGES_PER_REPORT === 0) report(options, "merging", table.size, vocabSize);
    const candidate = state.nextCandidate();
    if (candidate === undefined || candidate.count < minFrequency) break;
    const left = table.tokenOf(candidate.left);
    const right = table.tokenOf(candidate.right);
    state.merge(candidate, table.idOf(left + withoutPrefix(right, prefix)));
    merges.delete(candidate.pair); // a pair that comes back takes the later place
    merges.set(candidate.pair, [left, right]);
  }
  return { tokens: table.tokens, merges: [...merges.values()] };
}

function withoutPrefix(token: string, prefix: string): string {
  return token.startsWith(prefix) ? token.slice(prefix.length) : token;
}

/** The characters to keep, by code point. */
function alphabetOf(counts: ReadonlyMap<string, number>, options: MergeTrainerOptions): string[] {
  const { limitAlphabet = Number.POSITIVE_INFINITY } = options;
  return chooseAlphabet(counts, options, limitAlphabet).sort(compareCodePoints);
}
