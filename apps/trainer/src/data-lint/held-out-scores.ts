/**
 * Probabilities of labels by classifiers that have not seen the text: several kinds, each on the other parts of a cross validation, joined
 * as well as the given labels tell (stacked generalization, Wolpert 1992).
 */
import { scalar } from "@cellstate/tensor";
import { characterGrams, wordGrams } from "./n-grams.ts";
import { type LabelledGrams, type Learner, logisticRegression, naiveBayes, softmax } from "./text-classifiers.ts";

/** The more, the more texts each classifier has seen. */
const FOLDS = 12;
const MEMBERS: readonly { readonly reads: "words" | "characters"; readonly learner: Learner }[] = [
  { reads: "words", learner: logisticRegression({ epochs: 2, learningRate: 0.3 }) },
  { reads: "words", learner: logisticRegression({ epochs: 3, learningRate: 0.2, byRatios: true }) },
  { reads: "words", learner: naiveBayes },
  { reads: "characters", learner: logisticRegression({ epochs: 2, learningRate: 0.15 }) },
  { reads: "characters", learner: naiveBayes },
];

/** Texts of which the weights of the members are learned. */
const MOST_WEIGHED = 5000;
const ROUNDS = 40;
/** Share of a Newton step of each weight by itself that is taken. */
const STEP = 0.3;

/** @returns `[text]` of `[label]`, the logarithms of the probabilities but for a constant of each text */
export function heldOutScores(
  texts: readonly string[],
  classes: Int32Array,
  numLabels: number,
): readonly Float64Array[] {
  const grams = { words: wordGrams(texts, numLabels), characters: characterGrams(texts, numLabels) };
  const members = MEMBERS.map(({ reads, learner }) =>
    heldOutLogProbs({ ...grams[reads], classes, numLabels }, learner),
  );
  const weights = weigh(members, classes);
  return texts.map((_, place) => join(members, weights, place));
}

/** `[text]` of `[label]`. */
type LogProbs = readonly Float64Array[];

function heldOutLogProbs(data: LabelledGrams, learner: Learner): LogProbs {
  const logProbs: Float64Array[] = new Array(data.texts.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const scoresOf = learner(data, (place) => place % FOLDS !== fold);
    for (let place = fold; place < data.texts.length; place += FOLDS) {
      logProbs[place] = softmax(scoresOf(data.texts[place]!)).map((prob) => scalar.log(prob + 1e-9));
    }
  }
  return logProbs;
}

/** The logarithms of the product of the members' probabilities, each to the power of its weight. */
function join(members: readonly LogProbs[], weights: readonly number[], place: number): Float64Array {
  const sums = new Float64Array(members[0]![place]!.length);
  for (const [member, logProbs] of members.entries()) {
    for (let label = 0; label < sums.length; label++) sums[label]! += weights[member]! * logProbs[place]![label]!;
  }
  return sums;
}

/** The weights, 0 or more, under which the given labels are likeliest. */
function weigh(members: readonly LogProbs[], classes: Int32Array): readonly number[] {
  const every = Math.max(1, Math.floor(classes.length / MOST_WEIGHED));
  const weights = members.map(() => 1 / members.length);
  for (let round = 0; round < ROUNDS; round++) {
    const slopes = members.map(() => 0);
    const bends = members.map(() => 1e-9);
    for (let place = 0; place < classes.length; place += every) {
      const probs = softmax(join(members, weights, place));
      for (const [member, logProbs] of members.entries()) {
        const own = logProbs[place]!;
        const mean = probs.reduce((sum, prob, label) => sum + prob * own[label]!, 0);
        slopes[member]! += mean - own[classes[place]!]!;
        bends[member]! += probs.reduce((sum, prob, label) => sum + prob * (own[label]! - mean) ** 2, 0);
      }
    }
    for (const member of members.keys()) {
      weights[member] = Math.max(0, weights[member]! - (STEP * slopes[member]!) / bends[member]!);
    }
  }
  return weights;
}
