/** Reads tokens as the characters of bytes and the bytes as UTF-8; undoes the ByteLevel pre-tokenizer. */

import type { JsonObject } from "../json.ts";
import { type ByteLevelOptions, byteLevelJson, completeByteLevel } from "../pre-tokenizers/byte-level.ts";
import { bytesOf } from "../text/byte-characters.ts";
import type { Decoder } from "./decoder.ts";

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

export class ByteLevelDecoder implements Decoder {
  readonly #options: Required<ByteLevelOptions>;

  /** @param options are only written back; none of them changes the decoded text */
  constructor(options: ByteLevelOptions = {}) {
    this.#options = completeByteLevel(options);
  }

  /** Bytes that are not UTF-8, such as those of half a character, become U+FFFD. */
  decodeChain(tokens: readonly string[]): string[] {
    return [UTF8.decode(bytesOf(tokens))];
  }

  toJson(): JsonObject {
    return byteLevelJson(this.#options);
  }
}
