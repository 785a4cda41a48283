/** Byte fallback: a character that a vocabulary lacks is encoded as its UTF-8 bytes, tokens `<0x00>` to `<0xFF>`. */
import type { Vocabulary } from "../lookup/vocabulary.ts";

/** Token `i` stands for the byte `i`. */
export const BYTE_TOKENS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

const UTF8 = new TextEncoder();

/** The ids of the bytes of a text, or undefined if the vocabulary lacks one of them. */
export function byteIdsOf(vocabulary: Vocabulary, text: string): readonly number[] | undefined {
  const ids: number[] = [];
  for (const byte of UTF8.encode(text)) {
    const id = vocabulary.tokenToId(BYTE_TOKENS[byte] ?? "");
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}
