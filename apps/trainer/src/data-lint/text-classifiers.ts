/**
 * Quick classifiers of texts by the n-grams that they hold: naive Bayes, logistic regression, and the latter on n-grams that count as
 * much as the former says, whose errors differ enough to be worth asking all (Wang & Manning 2012).
 */
import { scalar } from "@cellstate/tensor";
import type { NGrams } from "./n-grams.ts";

/** How often naive Bayes has seen each n-gram with each label before the data. */
const PRIOR_COUNT = 0.5;
/** The same where its ratios are features. */
const FEATURE_PRIOR_COUNT = 1;
const BIAS_RATE = 0.05;
/** What the sums of squared gradients of Adagrad begin with. */
const FIRST_SQUARE = 1e-2;
/** A step that visits every place once, since no number of places is a multiple of it. */
const STRIDE = 7_368_787;

/** Texts as n-grams, with the numbers of their labels. */
export interface LabelledGrams extends NGrams {
  readonly classes: Int32Array;
  readonly numLabels: number;
}

/** Learns of the places that `isLearned` names, and gives the logarithms of the labels' probabilities, but for a constant. */
export type Learner = (
  data: LabelledGrams,
  isLearned: (place: number) => boolean,
) => (grams: Int32Array) => Float64Array;

export interface LogisticOptions {
  readonly epochs: number;
  readonly learningRate: number;
  /** Whether n-grams count as much as naive Bayes says, label by label. Default: all the same. */
  readonly byRatios?: boolean;
}

/** Multinomial logistic regression, trained example by example with Adagrad. */
export function logisticRegression({ epochs, learningRate, byRatios = false }: LogisticOptions): Learner {
  return (data, isLearned) => {
    const { texts, count, classes, numLabels } = data;
    const weights = new Float32Array(count * numLabels); // [n-gram, label]
    const squares = new Float32Array(count * numLabels).fill(FIRST_SQUARE); // [n-gram, label]
    const values = byRatios
      ? logRatios(data, isLearned, FEATURE_PRIOR_COUNT)
      : new Float32Array(count * numLabels).fill(1); // [n-gram, label]
    const biases = new Float64Array(numLabels);
    const scores = (grams: Int32Array): Float64Array => {
      const share = shareOfEach(grams);
      const logits = biases.slice();
      for (let i = 0; i < grams.length; i++) {
        const row = grams[i]! * numLabels;
        for (let label = 0; label < numLabels; label++) {
          logits[label]! += share * values[row + label]! * weights[row + label]!;
        }
      }
      return logits;
    };
    const learn = (grams: Int32Array, target: number): void => {
      const probs = softmax(scores(grams));
      const share = shareOfEach(grams);
      for (let label = 0; label < numLabels; label++) {
        const error = probs[label]! - (label === target ? 1 : 0);
        biases[label]! -= BIAS_RATE * error;
        for (let i = 0; i < grams.length; i++) {
          const at = grams[i]! * numLabels + label;
          const gradient = error * share * values[at]!;
          const square = squares[at]! + gradient * gradient;
          squares[at] = square;
          weights[at]! -= (learningRate * gradient) / Math.sqrt(square);
        }
      }
    };
    for (let visit = 0; visit < epochs * texts.length; visit++) {
      const place = (visit * STRIDE) % texts.length;
      if (isLearned(place)) learn(texts[place]!, classes[place]!);
    }
    return scores;
  };
}

/** Sums of the log-ratios of n-grams, over the root of their number: else long texts would seem sure. */
export const naiveBayes: Learner = (data, isLearned) => {
  const { numLabels } = data;
  const ratios = logRatios(data, isLearned, PRIOR_COUNT);
  return (grams) => {
    const share = shareOfEach(grams);
    const scores = new Float64Array(numLabels);
    for (let i = 0; i < grams.length; i++) {
      const row = grams[i]! * numLabels;
      for (let label = 0; label < numLabels; label++) scores[label]! += share * ratios[row + label]!;
    }
    return scores;
  };
};

/** How much more often an n-gram is among those of a label than among those of the others, as a logarithm; 0 where it is unseen. `[n-gram, label]`. */
function logRatios(
  { texts, count, classes, numLabels }: LabelledGrams,
  isLearned: (place: number) => boolean,
  priorCount: number,
): Float32Array {
  const counts = new Float32Array(count * numLabels); // [n-gram, label]
  const sums = new Float64Array(numLabels);
  for (const [place, grams] of texts.entries()) {
    if (!isLearned(place)) continue;
    const label = classes[place]!;
    sums[label]! += grams.length;
    for (let i = 0; i < grams.length; i++) counts[grams[i]! * numLabels + label]! += 1;
  }
  const all = sums.reduce((total, sum) => total + sum, 0);
  const before = priorCount * count;
  const offsets = sums.map((sum) => scalar.log(all - sum + before) - scalar.log(sum + before));
  for (let gram = 0; gram < count; gram++) {
    const row = gram * numLabels;
    let total = 0;
    for (let label = 0; label < numLabels; label++) total += counts[row + label]!;
    if (total === 0) continue;
    for (let label = 0; label < numLabels; label++) {
      const own = counts[row + label]!;
      counts[row + label] = scalar.log(own + priorCount) - scalar.log(total - own + priorCount) + offsets[label]!;
    }
  }
  return counts;
}

/** What each n-gram counts: long texts have no more weight than short ones. */
function shareOfEach(grams: Int32Array): number {
  return 1 / Math.sqrt(Math.max(1, grams.length));
}

export function softmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => scalar.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
