/** Joins the parts of words again; undoes WordPiece. */
import type { JsonObject } from "../json.ts";
import { escapeRegExp } from "../patterns/pattern.ts";
import type { Decoder } from "./decoder.ts";

export interface WordPieceDecoderOptions {
  /** Prefix of the tokens that continue a word. Default `##`. */
  readonly prefix?: string;
  /** Remove the spaces before punctuation and English contractions. Default true. */
  readonly cleanup?: boolean;
}

export class WordPieceDecoder implements Decoder {
  readonly #prefix: string;
  readonly #cleanup: boolean;

  constructor({ prefix = "##", cleanup = true }: WordPieceDecoderOptions = {}) {
    this.#prefix = prefix;
    this.#cleanup = cleanup;
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token, index) => {
      const part = index === 0 ? token : this.#continued(token);
      return this.#cleanup ? cleanUp(part) : part;
    });
  }

  toJson(): JsonObject {
    return { type: "WordPiece", prefix: this.#prefix, cleanup: this.#cleanup };
  }

  #continued(token: string): string {
    return token.startsWith(this.#prefix) ? token.slice(this.#prefix.length) : ` ${token}`;
  }
}

/** Spaces that tokenizers add where English has none, in the order in which they are removed. */
const CLEANED = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

const NEEDS_CLEANING = new RegExp(CLEANED.map(([from]) => escapeRegExp(from)).join("|"));

/** Removes those spaces as Hugging Face's library does, " do not" included. */
export function cleanUp(text: string): string {
  if (!NEEDS_CLEANING.test(text)) return text;
  return CLEANED.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text);
}
