/** Leaves the white space that byte-level tokens begin or end with out of their offsets. */
import { BYTE_CHARACTERS } from "../byte-level.ts";
import type { Encoding, EncodingColumns, Offsets } from "../encoding.ts";
import type { JsonObject } from "../json.ts";
import { type ByteLevelOptions, byteLevelJson, completeByteLevel } from "../pre-tokenizers/byte-level.ts";
import { WHITE_SPACE } from "../unicode.ts";
import type { PostProcessor } from "./post-processor.ts";

const SPACES = `[${BYTE_CHARACTERS[0x20]}${WHITE_SPACE}]`;
const LEADING_SPACES = new RegExp(`^${SPACES}+`, "u");
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
      const hasPrefix = addPrefixSpace && (index === 0 || range[0] === 0);
      return trimmed(range, columns.tokens[index] ?? "", hasPrefix);
    });
    return { ...columns, offsets };
  }
}

/** @param hasPrefix the first space is one that was added to the text, so that the range does not cover it */
function trimmed([start, end]: Offsets, token: string, hasPrefix: boolean): Offsets {
  const leading = LEADING_SPACES.exec(token)?.[0].length ?? 0;
  const trailing = TRAILING_SPACES.exec(token)?.[0].length ?? 0;
  const from = Math.min(start + Math.max(0, leading - (hasPrefix ? 1 : 0)), end);
  // An added space that is a token shares the range of the first character, which may be two units long.
  if (leading === token.length) return [from, from];
  return [from, end >= trailing ? Math.max(end - trailing, from) : end];
}
