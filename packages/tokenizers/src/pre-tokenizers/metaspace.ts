/**
 * Writes each space as a visible character, by default "▁" (U+2581), and cuts before it, so that pieces remember the
 * spaces before them and decoding gives the spacing back.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226, section 3.2 (lossless tokenization)
 */
import { type AlignedText, AlignedTextBuilder } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { type Span, splitBySpans } from "./split-by.ts";

/** When a text that does not start with a space gets one: always, only at the start of the original, or never. */
export const PREPEND_SCHEMES = ["always", "first", "never"] as const;
export type PrependScheme = (typeof PREPEND_SCHEMES)[number];

export interface MetaspaceOptions {
  /** One character that stands for a space. Default "▁". */
  readonly replacement?: string;
  /** Default "always", so that a word has one form at the start and inside of a sentence. */
  readonly prependScheme?: PrependScheme;
  /** Cut before each replaced space. Default true. */
  readonly split?: boolean;
}

/** The options with their defaults, of the pre-tokenizer and of its decoder. */
export function completeMetaspace(options: MetaspaceOptions): Required<MetaspaceOptions> {
  return { replacement: "▁", prependScheme: "always", split: true, ...options };
}

/** Both components as they stand in a `tokenizer.json`. */
export function metaspaceJson({ replacement, prependScheme, split }: Required<MetaspaceOptions>): JsonObject {
  return { type: "Metaspace", replacement, prepend_scheme: prependScheme, split };
}

export class MetaspacePreTokenizer implements PreTokenizer {
  readonly #options: Required<MetaspaceOptions>;

  constructor(options: MetaspaceOptions = {}) {
    this.#options = completeMetaspace(options);
  }

  split(source: AlignedText): AlignedText[] {
    if (source.text === "") return [];
    const text = this.#prepend(this.#replaceSpaces(source));
    if (!this.#options.split) return [text];
    return splitBySpans(text, this.#spans(text.text), "MergedWithNext");
  }

  toJson(): JsonObject {
    return metaspaceJson(this.#options);
  }

  #replaceSpaces(source: AlignedText): AlignedText {
    if (this.#options.replacement.length === 1)
      return source.withText(source.text.replaceAll(" ", this.#options.replacement));
    const builder = new AlignedTextBuilder(source);
    let last = 0;
    for (let at = source.text.indexOf(" "); at !== -1; at = source.text.indexOf(" ", last)) {
      builder.copy(last, at).replace(this.#options.replacement, at, at + 1);
      last = at + 1;
    }
    return builder.copy(last, source.text.length).build();
  }

  /** The added character has no place of its own in the original: it shares that of the first character. */
  #prepend(text: AlignedText): AlignedText {
    const wanted =
      this.#options.prependScheme === "always" ||
      (this.#options.prependScheme === "first" && text.originalStart(0) === 0);
    if (!wanted || text.text.startsWith(this.#options.replacement)) return text;
    const firstLength = (text.text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
    return text.prepend(this.#options.replacement, firstLength);
  }

  #spans(text: string): Span[] {
    const spans: Span[] = [];
    const length = this.#options.replacement.length;
    let last = 0;
    for (
      let at = text.indexOf(this.#options.replacement);
      at !== -1;
      at = text.indexOf(this.#options.replacement, last)
    ) {
      if (at > last) spans.push({ start: last, end: at, isMatch: false });
      spans.push({ start: at, end: at + length, isMatch: true });
      last = at + length;
    }
    if (last < text.length) spans.push({ start: last, end: text.length, isMatch: false });
    return spans;
  }
}
