/** Removes a character at the ends of each token. */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";

export interface StripDecoderOptions {
  /** The one character to remove. */
  readonly content: string;
  /** How many to remove at the start, at most; integer >= 0. */
  readonly start: number;
  /** How many to remove at the end, at most; integer >= 0. */
  readonly stop: number;
}

export class StripDecoder implements Decoder {
  readonly #options: StripDecoderOptions;

  constructor(options: StripDecoderOptions) {
    this.#options = options;
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token) => this.#strip(token));
  }

  toJson(): JsonObject {
    const { content, start, stop } = this.#options;
    return { type: "Strip", content, start, stop };
  }

  #strip(token: string): string {
    const { content, start, stop } = this.#options;
    let from = 0;
    for (let count = 0; count < start && token.startsWith(content, from); count++) from += content.length;
    let to = token.length;
    for (let count = 0; count < stop && to > from && token.endsWith(content, to); count++) to -= content.length;
    return token.slice(from, to);
  }
}
