/** The line of an answer: how likely a text is. */
import { scalar } from "@cellstate/tensor";
import type { PredictionLine } from "../task.ts";
import { meanOf } from "./evaluation/segments.ts";
import { scoredTokens, type TextLoss } from "./metrics.ts";
import type { TextExample } from "./segments.ts";

/** `loss` in nats a token, and `perplexity`; null of a text without tokens. */
export function textLine(loss: TextLoss, example: TextExample): PredictionLine {
  const { index, text, characters } = example;
  const mean = meanOf(loss, example);
  return {
    index,
    text,
    tokens: scoredTokens(example),
    characters,
    loss: mean ?? null,
    perplexity: mean === undefined ? null : scalar.exp(mean),
  };
}

/** What a line tells, as far as scores need it. @throws {RangeError} if it is none of a language model */
export function readTextLine(line: PredictionLine): { readonly prediction: TextLoss; readonly example: TextExample } {
  const { index, text, tokens, characters, loss } = line;
  const isWhole = [index, tokens, characters].every(Number.isSafeInteger) && typeof text === "string";
  if (!isWhole || !(loss === null || typeof loss === "number")) {
    throw new RangeError("expected index, text, tokens, characters and loss, as a language model writes them");
  }
  return {
    prediction: { nats: (loss ?? 0) * Number(tokens) },
    example: {
      index: Number(index),
      text,
      ids: new Int32Array(Number(tokens) + 1),
      context: 0,
      characters: Number(characters),
    },
  };
}
