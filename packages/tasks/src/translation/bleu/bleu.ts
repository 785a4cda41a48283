/** Corpus BLEU (Papineni et al. 2002) with one reference each: the same number as sacreBLEU's default. */
import { scalar } from "@cellstate/tensor";
import { type BleuTokenizer, tokenizeForBleu } from "./tokenizers.ts";

const MAX_ORDER = 4;

/** How BLEU compares texts. */
export interface BleuOptions {
  /** Whether case is ignored, as by sacreBLEU's `-lc`. Default false. */
  readonly lowercase?: boolean;
  /** How texts are cut into tokens, as by sacreBLEU's `-tok`. Default `13a`. */
  readonly tokenize?: BleuTokenizer;
}

/** The sums over a corpus that BLEU is made of. */
interface Counts {
  /** N-grams of the hypotheses that their references have too, clipped, by order from 1. */
  readonly matches: number[];
  /** All n-grams of the hypotheses, by order from 1. */
  readonly totals: number[];
  hypothesisLength: number;
  referenceLength: number;
}

/**
 * BLEU of a corpus, 0..100: n-grams up to 4, exponential smoothing (Chen & Cherry 2014, method 3), brevity
 * penalty. 0 for an empty corpus, without any match, or without a single n-gram of some order.
 *
 * @throws {RangeError} unless there are as many references as hypotheses
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly string[],
  { lowercase = false, tokenize = "13a" }: BleuOptions = {},
): number {
  if (hypotheses.length !== references.length) {
    throw new RangeError(`bleu: expected ${hypotheses.length} references, one a hypothesis, got ${references.length}`);
  }
  const counts: Counts = {
    matches: new Array<number>(MAX_ORDER).fill(0),
    totals: new Array<number>(MAX_ORDER).fill(0),
    hypothesisLength: 0,
    referenceLength: 0,
  };
  const tokensOf = (text: string) => tokenizeForBleu(lowercase ? text.toLowerCase() : text, tokenize);
  hypotheses.forEach((hypothesis, index) => {
    addSegment(counts, tokensOf(hypothesis), tokensOf(references[index]!));
  });
  return score(counts);
}

/** How a score was made, in sacreBLEU's notation. */
export function bleuSignature({ lowercase = false, tokenize = "13a" }: BleuOptions = {}): string {
  return `nrefs:1|case:${lowercase ? "lc" : "mixed"}|eff:no|tok:${tokenize}|smooth:exp`;
}

function addSegment(counts: Counts, hypothesis: readonly string[], reference: readonly string[]): void {
  counts.hypothesisLength += hypothesis.length;
  counts.referenceLength += reference.length;
  for (let order = 1; order <= MAX_ORDER; order++) {
    const available = countNgrams(reference, order);
    for (const [ngram, count] of countNgrams(hypothesis, order)) {
      counts.matches[order - 1]! += Math.min(count, available.get(ngram) ?? 0);
    }
    counts.totals[order - 1]! += Math.max(hypothesis.length - order + 1, 0);
  }
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

function score({ matches, totals, hypothesisLength, referenceLength }: Counts): number {
  if (matches.every((count) => count === 0) || totals.includes(0)) return 0;
  let logPrecisions = 0;
  let smoothing = 1;
  matches.forEach((count, index) => {
    if (count === 0) smoothing *= 2; // each order without a match counts half as much as the one before
    const numerator = count === 0 ? 1 / smoothing : count;
    logPrecisions += scalar.log((100 * numerator) / totals[index]!);
  });
  const brevity = hypothesisLength < referenceLength ? scalar.exp(1 - referenceLength / hypothesisLength) : 1;
  return Math.min(100, brevity * scalar.exp(logPrecisions / MAX_ORDER)); // rounding can pass 100
}
