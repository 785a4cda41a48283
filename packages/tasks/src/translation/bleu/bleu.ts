/** Corpus BLEU (Papineni et al. 2002) with one reference each: the same number as sacreBLEU's default. */
import { scalar } from "@cellstate/tensor";
import { type BleuTokenizer, tokenizeForBleu } from "./tokenizers.ts";

/** Lengths of the n-grams. */
const ORDERS = [1, 2, 3, 4] as const;

/** How BLEU compares texts. */
export interface BleuOptions {
  /** Whether case is ignored, as by sacreBLEU's `-lc`. Default false. */
  readonly lowercase?: boolean;
  /** How texts are cut into tokens, as by sacreBLEU's `-tok`. Default `13a`. */
  readonly tokenize?: BleuTokenizer;
}

/** What BLEU is made of, of one segment or summed over a corpus. */
export interface BleuCounts {
  /** N-grams of the hypotheses that their references have too, clipped, by order from 1. */
  readonly matches: readonly number[];
  /** All n-grams of the hypotheses, by order from 1. */
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

/**
 * BLEU of a corpus, 0..100: n-grams up to 4, exponential smoothing (Chen & Cherry 2014, method 3), brevity
 * penalty. 0 for an empty corpus, without any match, or without a single n-gram of some order.
 *
 * @throws {RangeError} unless there are as many references as hypotheses
 */
export function bleu(hypotheses: readonly string[], references: readonly string[], options: BleuOptions = {}): number {
  if (hypotheses.length !== references.length) {
    throw new RangeError(`bleu: expected ${hypotheses.length} references, one a hypothesis, got ${references.length}`);
  }
  return bleuOf(hypotheses.map((hypothesis, index) => segmentCounts(hypothesis, references[index]!, options)));
}

/** How a score was made, in sacreBLEU's notation. */
export function bleuSignature({ lowercase = false, tokenize = "13a" }: BleuOptions = {}): string {
  return `nrefs:1|case:${lowercase ? "lc" : "mixed"}|eff:no|tok:${tokenize}|smooth:exp`;
}

/** The counts of one hypothesis beside its reference. */
export function segmentCounts(
  hypothesis: string,
  reference: string,
  { lowercase = false, tokenize = "13a" }: BleuOptions = {},
): BleuCounts {
  const tokensOf = (text: string) => tokenizeForBleu(lowercase ? text.toLowerCase() : text, tokenize);
  const [ours, theirs] = [tokensOf(hypothesis), tokensOf(reference)];
  const matches = ORDERS.map((order) => {
    const available = countNgrams(theirs, order);
    let sum = 0;
    for (const [ngram, count] of countNgrams(ours, order)) sum += Math.min(count, available.get(ngram) ?? 0);
    return sum;
  });
  const totals = ORDERS.map((order) => Math.max(ours.length - order + 1, 0));
  return { matches, totals, hypothesisLength: ours.length, referenceLength: theirs.length };
}

/** BLEU of the segments of a corpus. */
export function bleuOf(segments: readonly BleuCounts[]): number {
  const matches = ORDERS.map(() => 0);
  const totals = ORDERS.map(() => 0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  for (const segment of segments) {
    for (let index = 0; index < ORDERS.length; index++) {
      matches[index]! += segment.matches[index]!;
      totals[index]! += segment.totals[index]!;
    }
    hypothesisLength += segment.hypothesisLength;
    referenceLength += segment.referenceLength;
  }
  return score({ matches, totals, hypothesisLength, referenceLength });
}

/** N-grams joined by spaces, which no token holds. */
function countNgrams(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(" ");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

function score({ matches, totals, hypothesisLength, referenceLength }: BleuCounts): number {
  if (matches.every((count) => count === 0) || totals.includes(0)) return 0;
  let logPrecisions = 0;
  let smoothing = 1;
  matches.forEach((count, index) => {
    if (count === 0) smoothing *= 2; // each order without a match counts half as much as the one before
    const numerator = count === 0 ? 1 / smoothing : count;
    logPrecisions += scalar.log((100 * numerator) / totals[index]!);
  });
  const brevity = hypothesisLength < referenceLength ? scalar.exp(1 - referenceLength / hypothesisLength) : 1;
  return Math.min(100, brevity * scalar.exp(logPrecisions / ORDERS.length)); // rounding can pass 100
}
