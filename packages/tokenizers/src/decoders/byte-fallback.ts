/** Turns runs of tokens such as `<0xE2>` into the characters whose UTF-8 bytes they are; undoes byte fallback. */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";

const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
const BYTE_TOKEN_LENGTH = 6;
const REPLACEMENT_CHARACTER = "\ufffd";
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class ByteFallbackDecoder implements Decoder {
  /** A run that is not UTF-8 becomes U+FFFD, one for each byte. */
  decodeChain(tokens: readonly string[]): string[] {
    const parts: string[] = [];
    let bytes: number[] = [];
    const endRun = () => {
      if (bytes.length > 0) for (const part of decodeRun(bytes)) parts.push(part); // a spread would overflow the stack
      bytes = [];
    };
    for (const token of tokens) {
      const byte = token.length === BYTE_TOKEN_LENGTH ? BYTE_TOKEN.exec(token)?.[1] : undefined;
      if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
      else {
        endRun();
        parts.push(token);
      }
    }
    endRun();
    return parts;
  }

  toJson(): JsonObject {
    return { type: "ByteFallback" };
  }
}

function decodeRun(bytes: readonly number[]): string[] {
  try {
    return [UTF8.decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => REPLACEMENT_CHARACTER);
  }
}
