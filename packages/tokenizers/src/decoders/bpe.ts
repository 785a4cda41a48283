/** Turns the suffix that ends words into the space between them; undoes BPE with an end-of-word suffix. */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";
import { replaceText } from "./replace-text.ts";

export class BpeDecoder implements Decoder {
  readonly #suffix: string;

  /** @param suffix suffix of the tokens that end a word. Default `</w>` */
  constructor(suffix = "</w>") {
    this.#suffix = suffix;
  }

  decodeChain(tokens: readonly string[]): string[] {
    const last = tokens.length - 1;
    return tokens.map((token, index) => replaceText(token, this.#suffix, index === last ? "" : " "));
  }

  toJson(): JsonObject {
    return { type: "BPEDecoder", suffix: this.#suffix };
  }
}
