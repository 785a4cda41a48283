/** The scores of a language model: every character counts once, whatever its text. */
import type { Scores } from "@cellstate/tasks";
import { scalar } from "@cellstate/tensor";
import { defineMetric, meanLoss } from "@cellstate/training";
import type { TextLoss } from "./predict.ts";

/** The number of equally likely characters that would be as hard to foresee; at least 1. */
const perplexity = defineMetric(
  {
    name: "perplexity",
    direction: "min",
    unit: "number",
    description: "number of equally likely characters that would be as hard to foresee",
  },
  (loss: number) => scalar.exp(loss),
);

/** What a language model is scored by. */
export const languageMetrics = [meanLoss.info, perplexity.info];

/** @throws {RangeError} if there are no texts */
export function scoreTexts(losses: readonly TextLoss[]): Scores {
  const loss = meanLoss(
    losses.map(({ mean }) => mean),
    losses.map(({ count }) => count),
  );
  return { loss, perplexity: perplexity(loss) };
}
