/** Texts written by the model: each character is drawn by the probabilities that the model gives it after those before. */
import { evaluationStep } from "@cellstate/lstm-core";
import { div, type RandomStream, type RecurrentState, Rng, softmax } from "@cellstate/tensor";
import { type Alphabet, BOUNDARY_ID, UNK_ID } from "./alphabet.ts";
import type { LanguageModel } from "./model.ts";

export interface SampleOptions {
  /** Texts to write, integer >= 1; each is the same however many there are. */
  readonly texts: number;
  /** Characters of each at most, integer >= 1. */
  readonly maxLength: number;
  /** What scores are divided by, above 0; below 1 likely characters become likelier. */
  readonly temperature: number;
  /** Seed of the draws. */
  readonly seed: number;
}

/** Call it within a scope, without recording. */
export async function sampleTexts(
  model: LanguageModel,
  alphabet: Alphabet,
  { texts, maxLength, temperature, seed }: SampleOptions,
): Promise<string[]> {
  const streams = Array.from({ length: texts }, (_, text) => new Rng(seed).stream(`sample/${text}`));
  const written: number[][] = streams.map(() => []);
  const lengths = new Int32Array(texts).fill(1);
  let read = new Int32Array(texts).fill(BOUNDARY_ID);
  let state: readonly RecurrentState[] | undefined;
  const open = new Set(written.keys());
  for (let place = 0; place < maxLength && open.size > 0; place++) {
    const next = model.forward({ read, lengths, rows: texts, steps: 1 }, evaluationStep, state);
    state = next.state;
    const probs = await softmax(div(next.logits, temperature)).read(); // [texts, 1, vocabSize]
    read = new Int32Array(texts).fill(BOUNDARY_ID);
    for (const text of open) {
      const id = draw(probs.subarray(text * alphabet.size, (text + 1) * alphabet.size), streams[text]!, place);
      if (id === BOUNDARY_ID) open.delete(text);
      else written[text]!.push(id);
      read[text] = id;
    }
  }
  return written.map((ids) => alphabet.decode(ids));
}

/** An id other than the unknown character's, drawn by probability. */
function draw(probs: ArrayLike<number>, stream: RandomStream, place: number): number {
  const known = Array.from(probs, (prob, id) => (id === UNK_ID ? 0 : prob));
  let left = stream.uniformAt(place) * known.reduce((sum, prob) => sum + prob, 0);
  const id = known.findIndex((prob) => {
    left -= prob;
    return left < 0;
  });
  return id >= 0 ? id : BOUNDARY_ID; // rounding may leave a little
}
