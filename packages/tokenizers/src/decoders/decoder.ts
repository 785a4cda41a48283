/** What a decoder is: it turns the tokens of a text back into parts of the text. */
import type { JsonObject } from "../json.ts";

export interface Decoder {
  /** Parts that give the text when joined; another decoder may go on with them. */
  decodeChain(tokens: readonly string[]): string[];
  /** The value of `decoder` in tokenizer.json. */
  toJson(): JsonObject;
}
