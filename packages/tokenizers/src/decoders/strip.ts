/** Takes a character off the ends of each token. */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";

export interface StripDecoderOptions {
  /** The one character to take off. */
  readonly content: string;
  /** How many at the start, at most. */
  readonly start: number;
  /** How many at the end, at most. */
  readonly stop: number;
}

export class StripDecoder implements Decoder {
  readonly #options: StripDecoderOptions;

  constructor(options: StripDecoderOptions) {
    this.#options = options;
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token) => this.#strip([...token]));
  }

  toJson(): JsonObject {
    const { content, start, stop } = this.#options;
    return { type: "Strip", content, start, stop };
  }

  #strip(characters: readonly string[]): string {
    const { content, start, stop } = this.#options;
    let first = 0;
    while (first < start && characters[first] === content) first++;
    let end = characters.length;
    while (characters.length - end < stop && end > first && characters[end - 1] === content) end--;
    return characters.slice(first, end).join("");
  }
}
