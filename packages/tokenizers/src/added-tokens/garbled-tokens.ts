/**
 * Added tokens that do not survive decoding: ByteLevel takes "é" for a byte of a character, and that byte alone is none, so
 * `Café` becomes `Caf\uFFFD`, as in Hugging Face's library.
 */
import type { Decoder } from "../decoders/decoder.ts";
import { describe, type JsonValue } from "../json.ts";
import { bytesOf } from "../text/byte-characters.ts";
import type { AddedToken } from "./added-tokens.ts";

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

const warned = new Set<string>();

/** Warns, once for each token, of those that decoding changes. */
export function warnOfGarbledTokens(tokens: readonly AddedToken[], decoder: Decoder | undefined): void {
  if (decoder === undefined || !readsBytes(decoder.toJson())) return;
  for (const { content } of tokens) {
    const decoded = UTF8.decode(bytesOf([content]));
    if (decoded === content || warned.has(content)) continue;
    warned.add(content);
    console.warn(
      `tokenizer: the added token ${describe(content)} decodes to ${describe(decoded)}, because ByteLevel takes some of its ` +
        "letters for bytes, here as in Hugging Face's library; write it with letters of ASCII",
    );
  }
}

/** Whether a decoder, or one of a sequence, is ByteLevel. */
function readsBytes(json: JsonValue): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (!Array.isArray(json) && "type" in json && json.type === "ByteLevel") return true;
  return Object.values(json).some(readsBytes);
}
