/** What a normalizer is: it rewrites a text before it is split, and keeps track of where each character came from. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";

export interface Normalizer {
  /** Gives the rewritten text, aligned with the same original. */
  normalize(text: AlignedText): AlignedText;
  /** The value of `normalizer` in tokenizer.json. */
  toJson(): JsonObject;
}
