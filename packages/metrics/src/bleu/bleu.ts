/** Corpus BLEU (Papineni et al. 2002): the same number as sacreBLEU's (Post 2018). */
import { type OptionNames, requireKnownOptions, scalar } from "@cellstate/tensor";
import { signatureOf, type TextMetric } from "../metric.ts";
import { commonCount, countNgrams, mostOfEach } from "../ngrams.ts";
import { requireCount, requireOneOf, requirePositive } from "../options.ts";
import { formatFixed } from "../round.ts";
import { trimEnd } from "../words.ts";
import { type BleuTokenizer, bleuTokenizers, tokenizeForBleu } from "./tokenizers.ts";

/**
 * What becomes of an order without a match (Chen & Cherry 2014). `exp`: each such order counts half as much as the one before (method 3); `floor`:
 * as if it had `smoothValue` matches (method 1); `add-k`: `smoothValue` matches more of all orders but the first (method 2); `none`: the score is 0.
 */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

export const bleuSmoothings: readonly BleuSmoothing[] = ["exp", "floor", "add-k", "none"];

/** How BLEU compares texts. */
export interface BleuOptions {
  /** Whether case is ignored, as by sacreBLEU's `-lc`. Default false. */
  readonly lowercase?: boolean | undefined;
  /** How texts are cut into tokens, as by sacreBLEU's `-tok`. Default `13a`. */
  readonly tokenize?: BleuTokenizer | undefined;
  /** Default `exp`. */
  readonly smoothing?: BleuSmoothing | undefined;
  /** A number > 0 for `floor` (default 0.1) and `add-k` (default 1). */
  readonly smoothValue?: number | undefined;
  /** Longest n-grams, an integer >= 1. Default 4. */
  readonly maxOrder?: number | undefined;
  /** Whether orders beyond the longest hypothesis are left out, which single sentences need. Default false. */
  readonly effectiveOrder?: boolean | undefined;
}

const optionNames: OptionNames<BleuOptions> = {
  lowercase: true,
  tokenize: true,
  smoothing: true,
  smoothValue: true,
  maxOrder: true,
  effectiveOrder: true,
};

const SMOOTH_VALUES: Readonly<Record<BleuSmoothing, number | undefined>> = {
  exp: undefined,
  floor: 0.1,
  "add-k": 1,
  none: undefined,
};

/** What sacreBLEU takes for the logarithm of 0. */
const LOG_OF_ZERO = -9999999999;

interface Settings {
  readonly smoothing: BleuSmoothing;
  readonly smoothValue: number | undefined;
  readonly maxOrder: number;
  readonly effectiveOrder: boolean;
}

/**
 * BLEU, 0..100. Counts of a segment: lengths of the hypothesis and of the reference whose length is nearest, then matches and n-grams by order.
 *
 * @throws {OptionError} if an option is unknown or outside its range
 */
export function bleu(options: BleuOptions = {}): TextMetric {
  requireKnownOptions("bleu", options, optionNames);
  const { lowercase = false, tokenize = "13a", smoothing = "exp", maxOrder = 4, effectiveOrder = false } = options;
  requireOneOf("bleu", "tokenize", bleuTokenizers, tokenize);
  requireOneOf("bleu", "smoothing", bleuSmoothings, smoothing);
  requireCount("bleu", "maxOrder", maxOrder);
  const smoothValue = options.smoothValue ?? SMOOTH_VALUES[smoothing];
  if (options.smoothValue !== undefined) requirePositive("bleu", "smoothValue", options.smoothValue);
  const settings = { smoothing, smoothValue, maxOrder, effectiveOrder };
  const tokensOf = (text: string) => tokenizeForBleu(trimEnd(lowercase ? text.toLowerCase() : text), tokenize);
  return {
    name: "BLEU",
    direction: "max",
    unit: "points",
    signature: (references, resamples) =>
      signatureOf(
        {
          case: lowercase ? "lc" : "mixed",
          eff: effectiveOrder,
          tok: tokenize,
          smooth: SMOOTH_VALUES[smoothing] === undefined ? smoothing : `${smoothing}[${formatFixed(smoothValue!, 2)}]`,
        },
        references,
        resamples,
      ),
    count: (hypothesis, references) => countSegment(tokensOf(hypothesis), references.map(tokensOf), maxOrder),
    score: (sums) => partsOf(sums, settings).score,
    details: (sums) => detailsOf(sums, settings),
  };
}

function countSegment(ours: readonly string[], references: readonly (readonly string[])[], maxOrder: number): number[] {
  const matches: number[] = [];
  const totals: number[] = [];
  for (let order = 1; order <= maxOrder; order++) {
    const available = mostOfEach(references.map((tokens) => countNgrams(tokens, order)));
    matches.push(commonCount(countNgrams(ours, order), available));
    totals.push(Math.max(ours.length - order + 1, 0));
  }
  return [ours.length, nearestLength(ours.length, references), ...matches, ...totals];
}

/** Of two that are as near, the shorter. */
function nearestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((tokens) => tokens.length).sort((a, b) => a - b);
  return lengths.reduce((nearest, next) => (Math.abs(next - length) < Math.abs(nearest - length) ? next : nearest));
}

interface BleuParts {
  readonly score: number;
  /** By order, 0..100. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
}

function partsOf(
  sums: readonly number[],
  { smoothing, smoothValue = 0, maxOrder, effectiveOrder }: Settings,
): BleuParts {
  const [hypothesisLength = 0, referenceLength = 0] = sums;
  const matches = sums.slice(2, 2 + maxOrder);
  const totals = sums.slice(2 + maxOrder);
  const precisions = matches.map(() => 0);
  const brevityPenalty = brevityPenaltyOf(hypothesisLength, referenceLength);
  if (matches.every((count) => count === 0)) return { score: 0, precisions, brevityPenalty };
  let halvings = 1;
  let orders = maxOrder;
  for (let index = 0; index < maxOrder; index++) {
    const added = smoothing === "add-k" && index > 0 ? smoothValue : 0;
    const [match, total] = [matches[index]! + added, totals[index]! + added];
    if (total === 0) break;
    if (effectiveOrder) orders = index + 1;
    if (match === 0) halvings *= 2;
    if (match > 0) precisions[index] = (100 * match) / total;
    else if (smoothing === "exp") precisions[index] = 100 / (halvings * total);
    else if (smoothing === "floor") precisions[index] = (100 * smoothValue) / total;
  }
  const logs = precisions.slice(0, orders).map((precision) => (precision === 0 ? LOG_OF_ZERO : scalar.log(precision)));
  const mean = logs.reduce((sum, log) => sum + log, 0) / orders;
  return { score: Math.min(100, brevityPenalty * scalar.exp(mean)), precisions, brevityPenalty }; // rounding can pass 100
}

function brevityPenaltyOf(hypothesisLength: number, referenceLength: number): number {
  if (hypothesisLength >= referenceLength) return 1;
  return hypothesisLength === 0 ? 0 : scalar.exp(1 - referenceLength / hypothesisLength);
}

function detailsOf(sums: readonly number[], settings: Settings): string {
  const { precisions, brevityPenalty } = partsOf(sums, settings);
  const [hypothesisLength = 0, referenceLength = 0] = sums;
  const ratio = referenceLength === 0 ? 0 : hypothesisLength / referenceLength;
  const parts = precisions.map((precision) => formatFixed(precision, 1)).join("/");
  const lengths = `hyp_len = ${hypothesisLength} ref_len = ${referenceLength}`;
  return `${parts} (BP = ${formatFixed(brevityPenalty, 3)} ratio = ${formatFixed(ratio, 3)} ${lengths})`;
}
