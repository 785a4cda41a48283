/** chrF (Popović 2015) and chrF++ (Popović 2017): F-scores of character n-grams, and of word n-grams; the same numbers as sacreBLEU's. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { signatureOf, type TextMetric } from "./metric.ts";
import { commonCount, countCharacters, countNgrams, type NgramCounts } from "./ngrams.ts";
import { requireCount } from "./options.ts";
import { splitAtSpace } from "./words.ts";

export interface ChrfOptions {
  /** Longest n-grams of characters, an integer >= 1. Default 6. */
  readonly characterOrder?: number | undefined;
  /** Longest n-grams of words, an integer >= 0; 2 is chrF++. Default 0. */
  readonly wordOrder?: number | undefined;
  /** How much recall counts beside precision, an integer >= 1. Default 2. */
  readonly beta?: number | undefined;
  /** Default false. */
  readonly lowercase?: boolean | undefined;
  /** Whether white space is part of n-grams of characters. Default false. */
  readonly whitespace?: boolean | undefined;
  /** Whether orders that a text is too short for count as a tiny number, as in the first chrF++.py, instead of being left out. Default false. */
  readonly epsSmoothing?: boolean | undefined;
}

const optionNames: OptionNames<ChrfOptions> = {
  characterOrder: true,
  wordOrder: true,
  beta: true,
  lowercase: true,
  whitespace: true,
  epsSmoothing: true,
};

const EPSILON = 1e-16;
const MARKS: ReadonlySet<string> = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/**
 * chrF, 0..100. Counts of a segment, for each order: n-grams of the hypothesis, of the reference, and common ones; of several references those of the
 * one that gives the best score.
 *
 * @throws {OptionError} if an option is unknown or outside its range
 */
export function chrf(options: ChrfOptions = {}): TextMetric {
  requireKnownOptions("chrf", options, optionNames);
  const { characterOrder = 6, wordOrder = 0, beta = 2, lowercase = false, whitespace = false } = options;
  const { epsSmoothing = false } = options;
  requireCount("chrf", "characterOrder", characterOrder);
  requireCount("chrf", "wordOrder", wordOrder, 0);
  requireCount("chrf", "beta", beta);
  const ngramsOf = (given: string): NgramCounts[] => {
    const text = lowercase ? given.toLowerCase() : given;
    const characters = [...(whitespace ? text : splitAtSpace(text).join(""))];
    const words = wordOrder > 0 ? splitMarks(text) : [];
    return [
      ...Array.from({ length: characterOrder }, (_, index) => countCharacters(characters, index + 1)),
      ...Array.from({ length: wordOrder }, (_, index) => countNgrams(words, index + 1)),
    ];
  };
  const score = (sums: readonly number[]) => fScore(sums, beta, epsSmoothing);
  return {
    name: `chrF${beta}${"+".repeat(wordOrder)}`,
    direction: "max",
    unit: "points",
    signature: (references, resamples) =>
      signatureOf(
        {
          case: lowercase ? "lc" : "mixed",
          eff: !epsSmoothing,
          nc: characterOrder,
          nw: wordOrder,
          space: whitespace,
        },
        references,
        resamples,
      ),
    count(hypothesis, references) {
      const ours = ngramsOf(hypothesis);
      const counted = references.map((reference) => countPair(ours, ngramsOf(reference)));
      return counted.reduce((best, next) => (score(next) > score(best) ? next : best));
    },
    score,
  };
}

function countPair(ours: readonly NgramCounts[], theirs: readonly NgramCounts[]): number[] {
  return ours.flatMap((own, index) => {
    const other = theirs[index]!;
    return [other.size > 0 ? totalOf(own) : 0, totalOf(other), commonCount(own, other)];
  });
}

function totalOf(counts: NgramCounts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** Words, with a mark at the end of one, or else at its start, split off. */
function splitMarks(text: string): string[] {
  return splitAtSpace(text).flatMap((word) => {
    const characters = [...word];
    const [first = "", last = ""] = [characters[0], characters.at(-1)];
    if (characters.length === 1) return [word];
    if (MARKS.has(last)) return [word.slice(0, -last.length), last];
    return MARKS.has(first) ? [first, word.slice(first.length)] : [word];
  });
}

function fScore(sums: readonly number[], beta: number, epsSmoothing: boolean): number {
  const factor = beta ** 2;
  const orders = sums.length / 3;
  let smoothed = 0;
  let [precisions, recalls, effective] = [0, 0, 0];
  for (let order = 0; order < orders; order++) {
    const [ours = 0, theirs = 0, common = 0] = sums.slice(3 * order, 3 * order + 3);
    const precision = ours > 0 ? common / ours : EPSILON;
    const recall = theirs > 0 ? common / theirs : EPSILON;
    const denominator = factor * precision + recall;
    smoothed += denominator > 0 ? ((1 + factor) * precision * recall) / denominator : EPSILON;
    if (ours === 0 || theirs === 0) continue;
    precisions += precision;
    recalls += recall;
    effective++;
  }
  if (epsSmoothing) return (100 * smoothed) / orders;
  if (precisions + recalls === 0) return 0;
  const [precision, recall] = [precisions / effective, recalls / effective];
  return (100 * ((1 + factor) * precision * recall)) / (factor * precision + recall);
}
