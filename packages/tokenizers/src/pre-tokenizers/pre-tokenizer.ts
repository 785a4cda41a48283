/** What a pre-tokenizer is: it cuts a normalized text into the pieces that the model sees one by one. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { onePiece, type Pieces, rewriteEach, separate } from "../text/pieces.ts";

export interface PreTokenizer {
  /** Cuts each piece further by itself; may rewrite the text. */
  cut(pieces: Pieces): Pieces;
  /**
   * What the model gets in place of a piece, not empty. Default: the piece itself. It is separate from `cut`, so that it
   * need not run for a piece whose tokens are cached.
   */
  readonly rewrite?: ((piece: AlignedText) => AlignedText) | undefined;
  /** True if it cuts words by the dictionary of the runtime, so that another runtime may cut differently. Default false. */
  readonly usesSegmenter?: boolean | undefined;
  /** The value of `pre_tokenizer` in tokenizer.json. */
  toJson(): JsonObject;
}

/** Cuts pieces and rewrites them. */
export function applyPreTokenizer(preTokenizer: PreTokenizer, pieces: Pieces): Pieces {
  const cut = preTokenizer.cut(pieces);
  return preTokenizer.rewrite === undefined ? cut : rewriteEach(cut, preTokenizer.rewrite);
}

/** The pieces of a text as the model sees them. */
export function preTokenize(preTokenizer: PreTokenizer, text: AlignedText): AlignedText[] {
  return separate(applyPreTokenizer(preTokenizer, onePiece(text)));
}
