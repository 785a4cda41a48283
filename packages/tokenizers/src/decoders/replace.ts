/** Replaces a pattern in each token. */
import type { JsonObject } from "../json.ts";
import { replaceInText, replacePattern } from "../normalizers/replace-matches.ts";
import { type Pattern, PatternSearch, patternJson } from "../patterns/pattern.ts";
import type { Decoder } from "./decoder.ts";

export class ReplaceDecoder implements Decoder {
  readonly #pattern: Pattern;
  readonly #content: string;
  /** The content as `replaceAll` takes it. */
  readonly #replacement: string;
  readonly #search: PatternSearch;

  constructor(pattern: Pattern, content: string) {
    this.#pattern = pattern;
    this.#content = content;
    this.#replacement = content.replaceAll("$", "$$$$");
    this.#search = new PatternSearch("Replace", replacePattern(pattern));
  }

  /** @throws {PatternError} if the search in a token needs too much time or memory */
  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token) => this.#replace(token));
  }

  toJson(): JsonObject {
    return { type: "Replace", pattern: patternJson(this.#pattern), content: this.#content };
  }

  #replace(token: string): string {
    const pattern = this.#pattern;
    if ("String" in pattern && pattern.String !== "") return token.replaceAll(pattern.String, this.#replacement);
    return token === "" ? token : replaceInText(token, this.#search.matches(token), this.#content);
  }
}
