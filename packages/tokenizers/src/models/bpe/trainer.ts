/**
 * Learns byte-pair merges: starts from characters and merges the most frequent pair of neighbours into a token, again and
 * again, until the vocabulary is full. Of equally frequent pairs the one with the lower ids goes first.
 *
 * Options and results are those of Hugging Face's BpeTrainer, also the counts of pairs that occur again after their merge.
 * If that leaves the order of equals to chance, the lower code point goes first here.
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

/** The options that the trainers of BPE and WordPiece share. */
export interface MergeTrainerOptions extends AlphabetOptions, TrainingWatch {
  /** Tokens with the first ids, in this order. */
  readonly specialTokens: readonly string[];
  /** Pairs that occur less often are not merged; integer >= 1. */
  readonly minFrequency: number;
  /** Size of the vocabulary, including special tokens and characters; characters alone may exceed it. */
  readonly vocabSize: number;
  /** The most characters to keep, the most frequent first. Default: no limit, whatever `vocabSize` is. */
  readonly limitAlphabet?: number | undefined;
  /** Prefix of the tokens that do not begin a word. Default none. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** Suffix of the tokens that end a word. Default none. */
  readonly endOfWordSuffix?: string | undefined;
}

/** Options that training passes on to the model. */
type ModelOptions = {
  readonly [Key in "fuseUnk" | "byteFallback" | "ignoreMerges" | "dropout"]?: BpeOptions[Key] | undefined;
};

export interface BpeTrainerOptions extends MergeTrainerOptions, ModelOptions {
  /** The token for characters outside the alphabet; one of the special tokens. Default none. */
  readonly unkToken?: string | undefined;
  /**
   * Tokens of three characters or more are learned only if they are shorter than this; prefix and suffix do not count.
   * Default: no limit.
   */
  readonly maxTokenLength?: number | undefined;
}

/**
 * @param counts how often each word occurs
 * @returns a model with ids in this order: special tokens, characters by code point, their forms with prefix or suffix by
 *   code point, merged tokens as they were learned
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
  if (!(vocabSize >= specialTokens.length)) {
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
