/** What a pre-tokenizer is: it cuts a normalized text into the pieces that the model sees one by one. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";

export interface PreTokenizer {
  /** The pieces in order; none is empty. */
  split(text: AlignedText): AlignedText[];
  /** The value of `pre_tokenizer` in tokenizer.json. */
  toJson(): JsonObject;
}
