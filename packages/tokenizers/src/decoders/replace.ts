/** Replaces a pattern in each token. */
import type { JsonObject } from "../json.ts";
import { globalRegExp, type Pattern, patternJson } from "../pattern.ts";
import type { Decoder } from "./decoder.ts";

export class ReplaceDecoder implements Decoder {
  readonly #pattern: Pattern;
  readonly #content: string;
  readonly #expression: RegExp;

  constructor(pattern: Pattern, content: string) {
    this.#pattern = pattern;
    this.#content = content;
    this.#expression = globalRegExp(pattern);
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token) => token.replace(this.#expression, () => this.#content));
  }

  toJson(): JsonObject {
    return { type: "Replace", pattern: patternJson(this.#pattern), content: this.#content };
  }
}
