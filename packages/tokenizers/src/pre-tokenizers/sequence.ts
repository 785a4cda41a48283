/** Applies pre-tokenizers one after the other, each to the pieces of the one before. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

export class PreTokenizerSequence implements PreTokenizer {
  readonly #preTokenizers: readonly PreTokenizer[];

  constructor(preTokenizers: readonly PreTokenizer[]) {
    this.#preTokenizers = preTokenizers;
  }

  split(text: AlignedText): AlignedText[] {
    let pieces = text.text === "" ? [] : [text];
    for (const preTokenizer of this.#preTokenizers) pieces = pieces.flatMap((piece) => preTokenizer.split(piece));
    return pieces;
  }

  toJson(): JsonObject {
    return { type: "Sequence", pretokenizers: this.#preTokenizers.map((preTokenizer) => preTokenizer.toJson()) };
  }
}
