/** Writes on from a prompt, token by token. */
import { PromptError } from "../../errors.ts";
import { breather } from "../../prediction.ts";
import type { GenerateOptions } from "../../task.ts";
import type { LanguageModel } from "../model.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { TextPieces } from "./pieces.ts";
import { Sampler } from "./sampler.ts";
import { Stepper } from "./stepper.ts";

/**
 * The pieces of text that follow the prompt, as they are drawn.
 *
 * @throws {RangeError} if an option lies outside its range
 * @throws {PromptError} if the prompt has characters that a model of characters does not know; unknown words become the unknown token
 */
export async function* generateText(
  model: LanguageModel,
  vocabulary: Vocabulary,
  prompt: string,
  { length, ...options }: GenerateOptions,
): AsyncGenerator<string, void, undefined> {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`generate: expected length to be an integer >= 1, got ${length}`);
  }
  const sampler = new Sampler(options, neverDrawn(vocabulary));
  const ids = promptIds(vocabulary, prompt);
  const pieces = new TextPieces(vocabulary, ids);
  using stepper = new Stepper(model);
  const breathe = breather();
  let scores = stepper.read([vocabulary.startId, ...ids]);
  for (let written = 0; written < length; written++) {
    const id = sampler.draw(scores);
    if (id === vocabulary.endId && vocabulary.isByLine) break;
    const piece = pieces.add(id);
    if (piece !== "") yield piece;
    if (written < length - 1) scores = stepper.read([id]);
    await breathe();
  }
  const rest = pieces.finish();
  if (rest !== "") yield rest;
}

/** What is no text: the unknown token, other special ones, and an end that never occurs. */
function neverDrawn({ tokenizer, size, endId, unkId, hasEnds }: Vocabulary): number[] {
  const ids: number[] = [];
  for (let id = 0; id < size; id++) {
    const isEnd = id === endId && hasEnds;
    const isText = id !== unkId && !tokenizer.isSpecial(id) && tokenizer.idToToken(id) !== undefined;
    if (!isText && !isEnd) ids.push(id);
  }
  return ids;
}

function promptIds(vocabulary: Vocabulary, prompt: string): number[] {
  const ids = vocabulary.encode(prompt);
  if (vocabulary.isByCharacter && vocabulary.unkId !== undefined && ids.includes(vocabulary.unkId)) {
    const characters = new Set<string>();
    for (const character of prompt) {
      if (vocabulary.encode(character).includes(vocabulary.unkId)) characters.add(JSON.stringify(character));
    }
    throw new PromptError(
      `the prompt has ${[...characters].join(", ")}, which the training text of this model of characters lacks; write the prompt without`,
    );
  }
  return ids;
}
