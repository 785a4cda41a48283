/** What a post-processor is: it arranges the encodings of a text, or of a pair, and adds special tokens around them. */
import type { Encoding } from "../encoding/encoding.ts";
import type { JsonObject } from "../json.ts";

export interface PostProcessor {
  /** How many tokens `process` adds to one text, or to a pair; truncation leaves room for them. */
  addedTokens(isPair: boolean): number;
  /**
   * @param encodings those of one text or of two; in a sequence, the result of the post-processor before
   * @param addSpecialTokens if false, no tokens are added; type ids and offsets are set anyway
   * @returns the encodings that make up the result, in order
   */
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[];
  /** The value of `post_processor` in tokenizer.json. */
  toJson(): JsonObject;
}
