/**
 * Replaces each space with a visible character, by default "▁" (U+2581), and cuts before it, so that pieces keep the
 * space before them and decoding restores the spacing.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226, section 3.2 (lossless tokenization)
 */

import type { JsonObject } from "../json.ts";
import { replaceMatches } from "../normalizers/replace-matches.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { cutEach, type Pieces, rewriteEach } from "../text/pieces.ts";
import { nextIndex } from "./character-classes.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { literalCutter } from "./split-by.ts";

const SPACE = / /gu;

/** Which texts get a space in front if they have none: each, only the start of the original, or none. */
export const PREPEND_SCHEMES = ["always", "first", "never"] as const;
export type PrependScheme = (typeof PREPEND_SCHEMES)[number];

export interface MetaspaceOptions {
  /** The one character that stands for a space. Default "▁". */
  readonly replacement?: string;
  /** Default "always": a word is the same at the start of a sentence and inside it. */
  readonly prependScheme?: PrependScheme;
  /** Cut before each space. Default true. */
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

  cut(pieces: Pieces): Pieces {
    const { replacement, split } = this.#options;
    const marked = this.#replaceSpaces(pieces);
    const prepended = this.#isPrepended(marked) ? marked : rewriteEach(marked, (piece) => this.#prepend(piece));
    return split ? cutEach(prepended, literalCutter(replacement)) : prepended;
  }

  toJson(): JsonObject {
    return metaspaceJson(this.#options);
  }

  /** A replacement of one unit leaves all places as they are, so that the whole text can be written at once. */
  #replaceSpaces(pieces: Pieces): Pieces {
    const { replacement } = this.#options;
    const { source, ranges } = pieces;
    if (!source.text.includes(" ")) return pieces;
    if (replacement.length === 1) return { source: source.withText(source.text.replaceAll(" ", replacement)), ranges };
    return rewriteEach(pieces, (piece) => replaceMatches(piece, SPACE, () => replacement));
  }

  #isPrepended({ source, ranges }: Pieces): boolean {
    const { replacement, prependScheme } = this.#options;
    if (prependScheme === "never") return true;
    if (prependScheme === "first" && (ranges.length === 0 || source.originalStart(ranges[0] ?? 0) > 0)) return true;
    return ranges.every((start, index) => index % 2 === 1 || source.text.startsWith(replacement, start));
  }

  /** The added character has no place of its own in the original: it shares that of the first character. */
  #prepend(text: AlignedText): AlignedText {
    const { replacement, prependScheme } = this.#options;
    const wanted = prependScheme === "always" || text.originalStart(0) === 0;
    if (!wanted || text.text.startsWith(replacement)) return text;
    return text.prepend(replacement, nextIndex(text.text, 0));
  }
}
