/** Outputs of classifiers, whatever they are, as probabilities. */
import { scalar } from "@cellstate/tensor";

export type ScoreKind = "probabilities" | "logits" | "logProbs";

/** How far from 1 probabilities of float32 may add up to. */
const NEAR = 1e-3;

/** What the scores of one text are: probabilities add up to 1, and so do the exponentials of their logarithms. */
export function kindOfScores(values: readonly number[]): ScoreKind {
  const sum = values.reduce((total, value) => total + value, 0);
  const areShares = values.every((value) => value >= 0 && value <= 1);
  if (areShares && (values.length === 1 || Math.abs(sum - 1) < NEAR)) return "probabilities";
  const sumOfPowers = values.reduce((total, value) => total + scalar.exp(Math.min(value, 0)), 0);
  if (values.every((value) => value <= 0) && Math.abs(sumOfPowers - 1) < NEAR) return "logProbs";
  return "logits";
}

/** One score stands for the second of two classes. */
export function probabilitiesOf(values: readonly number[], kind: ScoreKind): number[] {
  const [only] = values as [number];
  switch (kind) {
    case "probabilities":
      return values.length === 1 ? [1 - only, only] : [...values];
    case "logits":
      return scalar.softmax(values.length === 1 ? [0, only] : values);
    case "logProbs":
      return values.map((value) => scalar.exp(value));
    default:
      return kind satisfies never;
  }
}
