/**
 * Reads the output of connectionist temporal classification: repeated tokens count once, then padding is dropped.
 *
 * @see Graves et al. 2006, "Connectionist Temporal Classification", section 3.1
 */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";
import { replaceText } from "./replace-text.ts";
import { cleanUp } from "./word-piece.ts";

export interface CtcDecoderOptions {
  /** The blank, which separates two equal tokens. Default `<pad>`. */
  readonly padToken?: string;
  /** The token for the space between words. Default `|`. */
  readonly wordDelimiterToken?: string;
  /** Replace word delimiters with spaces, and remove the spaces before punctuation and English contractions. Default true. */
  readonly cleanup?: boolean;
}

export class CtcDecoder implements Decoder {
  readonly #options: Required<CtcDecoderOptions>;

  constructor({ padToken = "<pad>", wordDelimiterToken = "|", cleanup = true }: CtcDecoderOptions = {}) {
    this.#options = { padToken, wordDelimiterToken, cleanup };
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens
      .filter((token, index) => token !== tokens[index - 1])
      .map((token) => this.#textOf(token))
      .filter((text) => text !== "");
  }

  toJson(): JsonObject {
    const { padToken, wordDelimiterToken, cleanup } = this.#options;
    return { type: "CTC", pad_token: padToken, word_delimiter_token: wordDelimiterToken, cleanup };
  }

  #textOf(token: string): string {
    const { padToken, wordDelimiterToken, cleanup } = this.#options;
    const text = replaceText(token, padToken, "");
    return cleanup ? replaceText(cleanUp(text), wordDelimiterToken, " ") : text;
  }
}
