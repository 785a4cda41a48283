/** Applies pre-tokenizers one after the other, each to the pieces of the one before. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import type { Pieces } from "../text/pieces.ts";
import { applyPreTokenizer, type PreTokenizer } from "./pre-tokenizer.ts";

export class PreTokenizerSequence implements PreTokenizer {
  readonly rewrite: ((piece: AlignedText) => AlignedText) | undefined;
  readonly usesSegmenter: boolean;
  readonly #preTokenizers: readonly PreTokenizer[];
  /** All but the last. */
  readonly #first: readonly PreTokenizer[];

  constructor(preTokenizers: readonly PreTokenizer[]) {
    this.#preTokenizers = preTokenizers;
    this.#first = preTokenizers.slice(0, -1);
    this.rewrite = preTokenizers.at(-1)?.rewrite;
    this.usesSegmenter = preTokenizers.some(({ usesSegmenter }) => usesSegmenter === true);
  }

  cut(pieces: Pieces): Pieces {
    let cut = pieces;
    for (const each of this.#first) cut = applyPreTokenizer(each, cut);
    return this.#preTokenizers.at(-1)?.cut(cut) ?? cut;
  }

  toJson(): JsonObject {
    return { type: "Sequence", pretokenizers: this.#preTokenizers.map((preTokenizer) => preTokenizer.toJson()) };
  }
}
