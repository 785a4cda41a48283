/** What a decoder is: it turns the tokens of a text back into parts of the text. */
import type { JsonObject } from "../json.ts";

export interface Decoder {
  /** Special tokens that are skipped come as empty tokens, because they part what is around them. Default: left out. */
  readonly seesSkippedTokens?: boolean;
  /** Turns tokens into parts of the text, which the next decoder takes as tokens; joined, the last ones are the text. */
  decodeChain(tokens: readonly string[]): string[];
  /** The value of `decoder` in tokenizer.json. */
  toJson(): JsonObject;
}
