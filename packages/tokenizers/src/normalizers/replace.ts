/** Puts a text in the place of every match of a pattern; all of it stands for all of the match. */
import { type AlignedText, AlignedTextBuilder } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { globalRegExp, type Pattern, patternJson } from "../pattern.ts";
import { findSpans } from "../pre-tokenizers/split-by.ts";
import type { Normalizer } from "./normalizer.ts";

export interface ReplaceOptions {
  readonly pattern: Pattern;
  readonly content: string;
}

export class ReplaceNormalizer implements Normalizer {
  readonly #pattern: Pattern;
  readonly #content: string;
  readonly #expression: RegExp;

  /** @throws {SyntaxError} if the regular expression means nothing in JavaScript */
  constructor({ pattern, content }: ReplaceOptions) {
    this.#pattern = pattern;
    this.#content = content;
    this.#expression = globalRegExp(pattern);
  }

  normalize(source: AlignedText): AlignedText {
    const spans = findSpans(source.text, this.#expression);
    if (!spans.some(({ isMatch }) => isMatch)) return source;
    const builder = new AlignedTextBuilder(source);
    for (const { start, end, isMatch } of spans) {
      if (isMatch) builder.replace(this.#content, start, end);
      else builder.copy(start, end);
    }
    return builder.build();
  }

  toJson(): JsonObject {
    return { type: "Replace", pattern: patternJson(this.#pattern), content: this.#content };
  }
}
