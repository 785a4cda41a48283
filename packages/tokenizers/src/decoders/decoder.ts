/** What a decoder is: it turns the tokens of a text back into the text. */
import type { JsonObject } from "../json.ts";

export interface Decoder {
  decode(tokens: readonly string[]): string;
  /** The value of `decoder` in tokenizer.json. */
  toJson(): JsonObject;
}
