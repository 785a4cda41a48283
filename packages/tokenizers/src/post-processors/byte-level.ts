/** Leaves the white space that byte-level tokens begin or end with out of their offsets. */

import type { Encoding, EncodingColumns, Offsets } from "../encoding/encoding.ts";
import type { JsonObject } from "../json.ts";
import { type ByteLevelOptions, byteLevelJson, completeByteLevel } from "../pre-tokenizers/byte-level.ts";
import { BYTE_CHARACTERS } from "../text/byte-characters.ts";
import { WHITE_SPACE } from "../text/unicode.ts";
import type { PostProcessor } from "./post-processor.ts";

const SPACES = `[${BYTE_CHARACTERS[0x20]}${WHITE_SPACE}]`;
const LEADING_SPACES = new RegExp(`^${SPACES}+`, "u");
/** The characters of first bytes of four, and of bytes that are not the first. */
const FOUR_BYTES = new RegExp(`[${BYTE_CHARACTERS.slice(0xf0).join("")}]`, "u");
const CONTINUES = new RegExp(`[${BYTE_CHARACTERS.slice(0x80, 0xc0).join("")}]`, "u");
const TRAILING_SPACES = new RegExp(`${SPACES}+$`, "u");

export class ByteLevelProcessor implements PostProcessor {
  readonly #options: Required<ByteLevelOptions>;

  constructor(options: ByteLevelOptions = {}) {
    this.#options = completeByteLevel(options);
  }

  addedTokens(): number {
    return 0;
  }

  process(encodings: readonly Encoding[]): readonly Encoding[] {
    if (!this.#options.trimOffsets) return encodings;
    return encodings.map((encoding) => encoding.withColumns((columns) => this.#trim(columns)));
  }

  toJson(): JsonObject {
    return byteLevelJson(this.#options);
  }

  #trim(columns: EncodingColumns): EncodingColumns {
    const { addPrefixSpace } = this.#options;
    const offsets = columns.offsets.map((range, index) => {
      const isFirst = addPrefixSpace && (index === 0 || range[0] === 0);
      return trimmed(range, columns.tokens[index] ?? "", isFirst);
    });
    return { ...columns, offsets };
  }
}

/** @param isFirst a single space is one that was added to the text, which the range does not cover */
function trimmed([start, end]: Offsets, token: string, isFirst: boolean): Offsets {
  const leading = LEADING_SPACES.exec(token)?.[0].length ?? 0;
  const trailing = TRAILING_SPACES.exec(token)?.[0].length ?? 0;
  const keepsStart = leading === 0 || (isFirst && leading === 1);
  if (leading === 1 && token.length === 1) return keepsStart ? [start, start] : [end, end];
  const from = keepsStart ? start : Math.min(start + leading + surplus(token, end - start), end);
  return [from, end >= trailing ? Math.max(end - trailing, from) : end];
}

/**
 * 1 for a space that was put before a character of two code units, whose range it shares: taking one character off that
 * range takes both units, of which `leading` is one. Such a range is shorter than what the token spells.
 */
function surplus(token: string, rangeLength: number): 0 | 1 {
  if (!FOUR_BYTES.test(token.charAt(1))) return 0;
  let length = 0;
  for (const character of token) {
    if (!CONTINUES.test(character)) length += FOUR_BYTES.test(character) ? 2 : 1;
  }
  return length > rangeLength ? 1 : 0;
}
