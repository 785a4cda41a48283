/** What language models are scored by: every token counts once, whatever text or segment it stands in. */
import { scalar } from "@cellstate/tensor";
import { defineMetric, meanLoss } from "@cellstate/training";
import type { Scores } from "../task.ts";
import type { TextExample } from "./segments.ts";

/** How unlikely a model finds the scored tokens of an example. */
export interface TextLoss {
  /** Sum of minus the natural logarithms of their probabilities. */
  readonly nats: number;
}

const perplexity = defineMetric(
  {
    name: "perplexity",
    direction: "min",
    unit: "number",
    description: "number of equally likely tokens that would be as hard to foresee",
  },
  (loss: number) => scalar.exp(loss),
);

const bitsPerCharacter = defineMetric(
  {
    name: "bitsPerCharacter",
    direction: "min",
    unit: "number",
    description: "bits that a character takes, by which models with different tokens compare",
  },
  (nats: number, characters: number) => nats / (characters * scalar.log(2)),
);

/** In the order of reports. */
export const languageMetrics = [meanLoss.info, perplexity.info, bitsPerCharacter.info];

/** @throws {RangeError} if there are no tokens */
export function scoreTexts(losses: readonly TextLoss[], examples: readonly TextExample[]): Scores {
  let nats = 0;
  let tokens = 0;
  let characters = 0;
  for (const [index, example] of examples.entries()) {
    nats += losses[index]!.nats;
    tokens += scoredTokens(example);
    characters += example.characters;
  }
  if (tokens === 0) throw new RangeError("scoreTexts: expected at least one token to score, got none");
  const loss = nats / tokens;
  return {
    loss,
    perplexity: perplexity(loss),
    ...(characters === 0 ? {} : { bitsPerCharacter: bitsPerCharacter(nats, characters) }),
  };
}

/** Tokens of an example that count. */
export function scoredTokens({ ids, context }: Pick<TextExample, "ids" | "context">): number {
  return ids.length - 1 - context;
}
