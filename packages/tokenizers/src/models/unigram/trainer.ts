/**
 * Learns a unigram model: starts from many frequent substrings, and alternates between improving their probabilities and
 * dropping those that the text needs least, until the vocabulary is small enough.
 *
 * Sums run in the order of the sorted words and use no `Math.exp` or `Math.log`: the same counts give the same bits in
 * every engine.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.2
 */
import { TrainingError } from "../../errors.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { compareCodePoints } from "../../text/unicode.ts";
import { report, type TrainingWatch } from "../../training/training-watch.ts";
import { type AlphabetOptions, chooseAlphabet } from "../alphabet.ts";
import { improveScores } from "./expectation.ts";
import { UnigramModel } from "./model.ts";
import { pruneTokens } from "./pruning.ts";
import { type ScoredTokens, seedTokens, type WordCount } from "./seeds.ts";

export interface UnigramTrainerOptions extends AlphabetOptions, TrainingWatch {
  /** Tokens with the first ids, in this order, and score 0. */
  readonly specialTokens: readonly string[];
  /** The token for characters outside the alphabet; one of the special tokens. Default none. */
  readonly unkToken?: string | undefined;
  /** Size of the vocabulary, including special tokens and characters; smaller if the text has too few substrings. */
  readonly vocabSize: number;
  /** Longest token in code points, integer >= 1. Default 16. */
  readonly maxPieceLength?: number | undefined;
  /** Share of the tokens that remain after each pruning, in `(0, 1)`. Default 0.75. */
  readonly shrinkingFactor?: number | undefined;
  /** Rounds of expectation-maximization before each pruning, integer >= 1. Default 2. */
  readonly numSubIterations?: number | undefined;
  /** The most tokens to start from, integer >= 1. Default 1,000,000. */
  readonly seedSize?: number | undefined;
  /** Passed on to the model. Default false. */
  readonly byteFallback?: boolean | undefined;
}

/** Pruning stops at this multiple of the wanted size; then the least likely tokens are dropped. */
const SPARE = 1.1;

/**
 * @param counts how often each word occurs
 * @returns a model with ids in this order: special tokens, then the others by falling probability; if characters do not
 *   fit, the rarest are left out
 * @throws {TrainingError} if `vocabSize` leaves no room for the special tokens and the initial alphabet, if `unkToken`
 *   is not one of them, or if an option is out of range
 */
export function trainUnigram(counts: ReadonlyMap<string, number>, options: UnigramTrainerOptions): UnigramModel {
  const { specialTokens, maxPieceLength = 16, shrinkingFactor = 0.75, numSubIterations = 2 } = options;
  checkOptions({ ...options, shrinkingFactor, numSubIterations, maxPieceLength });
  const size = options.vocabSize - specialTokens.length;
  const exclude = new Set(specialTokens);
  const alphabet = new Set(chooseAlphabet(counts, options, size));
  const words = wordsWithin(counts, alphabet);
  report(options, "seeding", 0);
  let pieces = seedTokens(words, [...alphabet], { maxPieceLength, seedSize: options.seedSize ?? 1_000_000, exclude });
  const enough = Math.floor(size * SPARE);
  const seeds = pieces.tokens.length;
  for (;;) {
    report(options, "pruning", seeds - pieces.tokens.length, Math.max(0, seeds - enough));
    for (let round = 0; round < numSubIterations; round++) pieces = improveScores(pieces, words, alphabet);
    if (pieces.tokens.length <= enough) break;
    const before = pieces.tokens.length;
    pieces = pruneTokens(pieces, words, Math.max(enough, Math.floor(before * shrinkingFactor)));
    if (pieces.tokens.length === before) break;
  }
  return modelOf(mostLikely(pieces, alphabet, exclude, size), options);
}

function checkOptions(options: UnigramTrainerOptions & { readonly shrinkingFactor: number }): void {
  const { specialTokens, unkToken, vocabSize, shrinkingFactor, numSubIterations = 1, maxPieceLength = 1 } = options;
  const least = specialTokens.length + new Set(options.initialAlphabet ?? []).size;
  expectOption("vocabSize", vocabSize >= least, `at least ${least}, the special tokens and alphabet`, vocabSize);
  expectOption("shrinkingFactor", shrinkingFactor > 0 && shrinkingFactor < 1, "between 0 and 1", shrinkingFactor);
  expectOption(
    "numSubIterations",
    Number.isInteger(numSubIterations) && numSubIterations >= 1,
    "from 1",
    numSubIterations,
  );
  expectOption("maxPieceLength", Number.isInteger(maxPieceLength) && maxPieceLength >= 1, "from 1", maxPieceLength);
  const known = unkToken === undefined || specialTokens.includes(unkToken);
  expectOption("unkToken", known, `one of the special tokens ${specialTokens.join(", ")}`, unkToken ?? "nothing");
}

function expectOption(name: string, holds: boolean, expected: string, got: number | string): void {
  if (!holds) throw new TrainingError(`trainUnigram: expected ${name} ${expected}, got ${got}`);
}

/** The words, cut at characters outside the alphabet, in the order of their code points. */
function wordsWithin(counts: ReadonlyMap<string, number>, alphabet: ReadonlySet<string>): WordCount[] {
  const within = new Map<string, number>();
  const add = (word: string, count: number) => {
    if (word !== "") within.set(word, (within.get(word) ?? 0) + count);
  };
  for (const [word, count] of counts) {
    let run = "";
    for (const character of word) {
      if (alphabet.has(character)) run += character;
      else {
        add(run, count);
        run = "";
      }
    }
    add(run, count);
  }
  return [...within].sort(([a], [b]) => compareCodePoints(a, b));
}

/** All characters and the most likely other tokens, `size` together, by falling probability. */
function mostLikely(
  { tokens, scores }: ScoredTokens,
  alphabet: ReadonlySet<string>,
  exclude: ReadonlySet<string>,
  size: number,
): [token: string, score: number][] {
  const entries = tokens
    .map((token, id): [string, number] => [token, scores[id] ?? 0])
    .filter(([token]) => !exclude.has(token));
  const byScore = ([a, scoreA]: [string, number], [b, scoreB]: [string, number]) =>
    scoreB - scoreA || compareCodePoints(a, b);
  const characters = entries.filter(([token]) => alphabet.has(token));
  const others = entries.filter(([token]) => !alphabet.has(token)).sort(byScore);
  return [...characters, ...others.slice(0, Math.max(0, size - characters.length))].sort(byScore);
}

function modelOf(
  entries: readonly (readonly [token: string, score: number])[],
  { specialTokens, unkToken, byteFallback = false }: UnigramTrainerOptions,
): UnigramModel {
  return new UnigramModel({
    vocabulary: Vocabulary.fromTokens([...specialTokens, ...entries.map(([token]) => token)]),
    scores: [...specialTokens.map(() => 0), ...entries.map(([, score]) => score)],
    unkId: unkToken === undefined ? undefined : specialTokens.indexOf(unkToken),
    byteFallback,
  });
}
