/** What a post-processor is: it arranges the encodings of a text, or of a pair, and puts special tokens around them. */
import type { Encoding } from "../encoding/encoding.ts";
import type { JsonObject } from "../json.ts";

export interface PostProcessor {
  /** How many tokens `process` adds to one text, or to a pair; truncation leaves room for them. */
  addedTokens(isPair: boolean): number;
  /**
   * @param encodings of one text or of two; of whatever an earlier post-processor made of them in a sequence
   * @param addSpecialTokens without, nothing is added, but types and offsets are set all the same
   * @returns what stands one after the other in the result
   */
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[];
  /** The value of `post_processor` in tokenizer.json. */
  toJson(): JsonObject;
}
