/**
 * Training labels that are likely wrong: those that the words contradict, by logistic regression over words and pairs of neighbours
 * that was trained on the other parts of a cross validation (confident learning, Northcutt et al. 2021, arXiv:1911.00068).
 */
import { scalar } from "@cellstate/tensor";
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintRecord, percent } from "./finding.ts";
import { hashText, wordsOf } from "./words.ts";

const FOLDS = 5;
/** Features share so many weights for each label by their hashes: some tens of megabytes for the most labels. */
const BUCKETS = 1 << 16;
const MAX_LABELS = 50;
/** Training texts below which words say little. */
const FEWEST = 50;
/** By how much the probability of another label is above the given one's where the words contradict it clearly. */
const CLEAR = 0.8;
/** Share of such labels that makes a model worse. */
const MANY = 0.02;

const EPOCHS = 4;
const LEARNING_RATE = 0.3;
const BIAS_RATE = 0.05;
/** What the sums of squared gradients of Adagrad begin with. */
const FIRST_SQUARE = 1e-2;
/** A step that visits every place once, since no number of places is a multiple of it. */
const STRIDE = 7_368_787;

/** A text whose words speak for another label. */
interface Suspect {
  readonly record: LintRecord;
  /** The label that they speak for. */
  readonly instead: string;
  /** Its probability less the one of the given label, above 0 to 1. */
  readonly margin: number;
}

/** @internal The suspects, the clearest first; none where the texts or labels are too few or too many. */
export function suspectLabels(train: readonly LintRecord[]): Suspect[] {
  const labels = [...new Set(train.map(({ label }) => label))].sort();
  if (train.length < FEWEST || labels.length < 2 || labels.length > MAX_LABELS) return [];
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const classes = Int32Array.from(train, ({ label }) => numbers.get(label)!);
  const features = train.map(({ text }) => featuresOf(text));
  const suspects: Suspect[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = new WordClassifier(labels.length);
    for (let visit = 0; visit < EPOCHS * train.length; visit++) {
      const place = (visit * STRIDE) % train.length;
      if (place % FOLDS !== fold) model.learn(features[place]!, classes[place]!);
    }
    for (let place = fold; place < train.length; place += FOLDS) {
      const { probs } = model.read(features[place]!);
      const best = probs.indexOf(Math.max(...probs));
      const margin = probs[best]! - probs[classes[place]!]!;
      if (margin > 0) suspects.push({ record: train[place]!, instead: String(labels[best]), margin });
    }
  }
  return suspects.sort((a, b) => b.margin - a.margin);
}

export function checkLabelNoise(train: readonly LintRecord[]): Finding[] {
  const clear = suspectLabels(train).filter(({ margin }) => margin >= CLEAR);
  if (clear.length === 0) return [];
  return [
    {
      check: "labels that the words contradict",
      severity: clear.length > MANY * train.length ? "serious" : "minor",
      message: `the words of ${clear.length} of ${train.length} training texts (${percent(clear.length, train.length)}) speak clearly for another label than theirs; look at the first ones, where labels may be wrong`,
      examples: clear
        .slice(0, KEPT_EXAMPLES)
        .map(({ record, instead }) => exampleOf(record, `${record.label}, not ${instead}?`)),
    },
  ];
}

/** Buckets of the different words and pairs of neighbours. */
function featuresOf(text: string): Int32Array {
  const words = wordsOf(text);
  const found = new Set<number>();
  for (const [index, word] of words.entries()) {
    found.add(hashText(word) % BUCKETS);
    if (index > 0) found.add(hashText(`${words[index - 1]} ${word}`) % BUCKETS);
  }
  return Int32Array.from(found);
}

/** Multinomial logistic regression, trained example by example with Adagrad. */
class WordClassifier {
  readonly #numLabels: number;
  /** `[bucket, label]` */
  readonly #weights: Float64Array;
  /** `[bucket, label]`: sums of squared gradients. */
  readonly #squares: Float64Array;
  readonly #biases: Float64Array;

  constructor(numLabels: number) {
    this.#numLabels = numLabels;
    this.#weights = new Float64Array(BUCKETS * numLabels);
    this.#squares = new Float64Array(BUCKETS * numLabels).fill(FIRST_SQUARE);
    this.#biases = new Float64Array(numLabels);
  }

  /** The probabilities of the labels, and what each feature counts: long texts have no more weight than short ones. */
  read(buckets: Int32Array): { readonly probs: Float64Array; readonly value: number } {
    const numLabels = this.#numLabels;
    const weights = this.#weights;
    const value = 1 / Math.sqrt(Math.max(1, buckets.length));
    const logits = this.#biases.slice();
    for (let i = 0; i < buckets.length; i++) {
      const row = buckets[i]! * numLabels;
      for (let label = 0; label < numLabels; label++) logits[label]! += value * weights[row + label]!;
    }
    const most = Math.max(...logits);
    const powers = logits.map((logit) => scalar.exp(logit - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    return { probs: powers.map((power) => power / sum), value };
  }

  learn(buckets: Int32Array, target: number): void {
    const { probs, value } = this.read(buckets);
    const numLabels = this.#numLabels;
    const weights = this.#weights;
    const squares = this.#squares;
    for (let label = 0; label < numLabels; label++) {
      const error = probs[label]! - (label === target ? 1 : 0);
      this.#biases[label]! -= BIAS_RATE * error;
      const gradient = error * value;
      for (let i = 0; i < buckets.length; i++) {
        const at = buckets[i]! * numLabels + label;
        const square = squares[at]! + gradient * gradient;
        squares[at] = square;
        weights[at]! -= (LEARNING_RATE * gradient) / Math.sqrt(square);
      }
    }
  }
}
