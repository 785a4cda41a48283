/** Cuts by the pattern of GPT-2, unless told not to, and replaces each piece with the characters of its bytes. */

import { asBoolean, type JsonFields, type JsonObject, optional } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { toByteCharacters } from "../text/byte-characters.ts";
import { cutEach, type Pieces, rewriteEach } from "../text/pieces.ts";
import { codePointLength } from "../text/unicode.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { scanGpt2 } from "./scanners/gpt2.ts";
import { cutterOf } from "./scanners/letters.ts";

const cutAsGpt2 = cutterOf(scanGpt2);

/** The options of pre-tokenizer, post-processor and decoder; each uses some of them, and files have all. */
export interface ByteLevelOptions {
  /** Add a space before a text that does not start with one, so that its first word is like any other. Default true. */
  readonly addPrefixSpace?: boolean;
  /** Leave white space out of the offsets; only the post-processor uses it. Default true. */
  readonly trimOffsets?: boolean;
  /** Cut by the pattern of GPT-2; false if another pre-tokenizer of the sequence has cut before. Default true. */
  readonly useRegex?: boolean;
}

/** The options with their defaults. */
export function completeByteLevel(options: ByteLevelOptions): Required<ByteLevelOptions> {
  return { addPrefixSpace: true, trimOffsets: true, useRegex: true, ...options };
}

/** The components as they stand in a tokenizer.json. */
export function byteLevelJson({ addPrefixSpace, trimOffsets, useRegex }: Required<ByteLevelOptions>): JsonObject {
  return { type: "ByteLevel", add_prefix_space: addPrefixSpace, trim_offsets: trimOffsets, use_regex: useRegex };
}

/** Reads the options of any of the components. */
export function readByteLevelOptions(fields: JsonFields, path: string): Required<ByteLevelOptions> {
  return {
    addPrefixSpace: optional(fields, "add_prefix_space", path, asBoolean, true),
    trimOffsets: optional(fields, "trim_offsets", path, asBoolean, true),
    useRegex: optional(fields, "use_regex", path, asBoolean, true),
  };
}

export class ByteLevelPreTokenizer implements PreTokenizer {
  readonly rewrite = toByteCharacters;
  readonly #options: Required<ByteLevelOptions>;

  constructor(options: ByteLevelOptions = {}) {
    this.#options = completeByteLevel(options);
  }

  cut(pieces: Pieces): Pieces {
    const { addPrefixSpace, useRegex } = this.#options;
    const prepared = addPrefixSpace ? rewriteEach(pieces, prependSpace) : pieces;
    return useRegex ? cutEach(prepared, cutAsGpt2) : prepared;
  }

  toJson(): JsonObject {
    return byteLevelJson(this.#options);
  }
}

/** The added space has no place of its own in the original: it shares that of the first character. */
function prependSpace(text: AlignedText): AlignedText {
  if (text.text.startsWith(" ")) return text;
  return text.prepend(" ", codePointLength(text.text, 0));
}
