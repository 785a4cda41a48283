/** Applies pre-tokenizers one after the other, each to the pieces of the one before. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import type { Pieces } from "../text/pieces.ts";
import { applyPreTokenizer, type PreTokenizer } from "./pre-tokenizer.ts";

export class PreTokenizerSequence implements PreTokenizer {
  readonly rewrite: ((piece: AlignedText) => AlignedText) | undefined;
  readonly usesSegmenter: boolean;
  readonly #preTokenizers: readonly PreTokenizer[];

  constructor(preTokenizers: readonly PreTokenizer[]) {
    this.#preTokenizers = preTokenizers;
    this.rewrite = preTokenizers.at(-1)?.rewrite;
    this.usesSegmenter = preTokenizers.some(({ usesSegmenter }) => usesSegmenter === true);
  }

  cut(pieces: Pieces): Pieces {
    const last = this.#preTokenizers.at(-1);
    const before = this.#preTokenizers.slice(0, -1).reduce((cut, each) => applyPreTokenizer(each, cut), pieces);
    return last?.cut(before) ?? before;
  }

  toJson(): JsonObject {
    return { type: "Sequence", pretokenizers: this.#preTokenizers.map((preTokenizer) => preTokenizer.toJson()) };
  }
}
