/**
 * Quick classifiers of texts by the n-grams that they hold: logistic regression and naive Bayes, whose errors differ enough to be
 * worth asking both (Wang & Manning 2012).
 */
import { scalar } from "@cellstate/tensor";
import { hashText, wordsOf } from "./words.ts";

/** N-grams share so many weights for each label by their hashes: some tens of megabytes for the most labels. */
const BUCKETS = 1 << 17;
/** N-grams of a text that are looked at; long texts have enough with these. */
const MOST_NGRAMS = 500;
const SHORTEST = 3;
const LONGEST = 5;

const LEARNING_RATE = 0.3;
const BIAS_RATE = 0.05;
/** What the sums of squared gradients of Adagrad begin with. */
const FIRST_SQUARE = 1e-2;
/** A step that visits every place once, since no number of places is a multiple of it. */
const STRIDE = 7_368_787;
/** How many times naive Bayes has seen each n-gram before the data, spread over the labels as these are. */
const PRIOR_COUNT = 2;

/** Buckets of the different words and pairs of neighbours. */
export function wordBuckets(text: string): Int32Array {
  const words = wordsOf(text);
  const found = new Set<number>();
  for (const [index, word] of words.entries()) {
    if (found.size >= MOST_NGRAMS) break;
    found.add(hashText(word) % BUCKETS);
    if (index > 0) found.add(hashText(`${words[index - 1]} ${word}`) % BUCKETS);
  }
  return Int32Array.from(found);
}

/** Buckets of the different runs of 3 to 5 characters within words, whose ends count as characters. */
export function characterBuckets(text: string): Int32Array {
  const found = new Set<number>();
  for (const word of wordsOf(text)) {
    if (found.size >= MOST_NGRAMS) break;
    const marked = `<${word}>`;
    for (let length = SHORTEST; length <= LONGEST; length++) {
      for (let at = 0; at + length <= marked.length; at++) {
        found.add(hashText(marked.slice(at, at + length)) % BUCKETS);
      }
    }
  }
  return Int32Array.from(found);
}

/** Texts as buckets, with the numbers of their labels. */
export interface LabelledBuckets {
  readonly texts: readonly Int32Array[];
  readonly classes: Int32Array;
  readonly numLabels: number;
}

/** Learns of the places that `isLearned` names, and gives the logarithms of the labels' probabilities, but for a constant. */
export type Learner = (
  data: LabelledBuckets,
  isLearned: (place: number) => boolean,
) => (buckets: Int32Array) => Float64Array;

/** Multinomial logistic regression, trained example by example with Adagrad. */
export function logisticRegression(epochs: number): Learner {
  return ({ texts, classes, numLabels }, isLearned) => {
    const weights = new Float32Array(BUCKETS * numLabels); // [bucket, label]
    const squares = new Float32Array(BUCKETS * numLabels).fill(FIRST_SQUARE); // [bucket, label]
    const biases = new Float64Array(numLabels);
    const scores = (buckets: Int32Array): Float64Array => {
      const value = featureValue(buckets);
      const logits = biases.slice();
      for (let i = 0; i < buckets.length; i++) {
        const row = buckets[i]! * numLabels;
        for (let label = 0; label < numLabels; label++) logits[label]! += value * weights[row + label]!;
      }
      return logits;
    };
    const learn = (buckets: Int32Array, target: number): void => {
      const probs = softmax(scores(buckets));
      const value = featureValue(buckets);
      for (let label = 0; label < numLabels; label++) {
        const error = probs[label]! - (label === target ? 1 : 0);
        biases[label]! -= BIAS_RATE * error;
        const gradient = error * value;
        for (let i = 0; i < buckets.length; i++) {
          const at = buckets[i]! * numLabels + label;
          const square = squares[at]! + gradient * gradient;
          squares[at] = square;
          weights[at]! -= (LEARNING_RATE * gradient) / Math.sqrt(square);
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

/** Log-ratios of how often an n-gram is in texts of a label and in the others; one that is unseen says nothing. */
export const naiveBayes: Learner = ({ texts, classes, numLabels }, isLearned) => {
  const counts = new Float32Array(BUCKETS * numLabels); // [bucket, label]
  const sizes = new Float64Array(numLabels);
  let all = 0;
  for (const [place, buckets] of texts.entries()) {
    if (!isLearned(place)) continue;
    const label = classes[place]!;
    all += 1;
    sizes[label]! += 1;
    for (let i = 0; i < buckets.length; i++) counts[buckets[i]! * numLabels + label]! += 1;
  }
  const ratios = counts;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const own = counts.slice(bucket * numLabels, (bucket + 1) * numLabels);
    const total = own.reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    for (let label = 0; label < numLabels; label++) {
      const share = Math.min(Math.max(sizes[label]!, 0.5) / Math.max(1, all), 1 - 0.5 / Math.max(1, all));
      const inside = (own[label]! + PRIOR_COUNT * share) / (share * all);
      const outside = (total - own[label]! + PRIOR_COUNT * (1 - share)) / ((1 - share) * all);
      ratios[bucket * numLabels + label] = scalar.log(inside) - scalar.log(outside);
    }
  }
  return (buckets) => {
    const value = featureValue(buckets);
    const scores = sizes.map((size) => scalar.log(Math.max(size, 0.5) / Math.max(1, all)));
    for (let i = 0; i < buckets.length; i++) {
      const row = buckets[i]! * numLabels;
      for (let label = 0; label < numLabels; label++) scores[label]! += value * ratios[row + label]!;
    }
    return scores;
  };
};

/** What each n-gram counts: long texts have no more weight than short ones. */
function featureValue(buckets: Int32Array): number {
  return 1 / Math.sqrt(Math.max(1, buckets.length));
}

export function softmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => scalar.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
