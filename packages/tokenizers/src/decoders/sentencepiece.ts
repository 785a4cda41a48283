/**
 * Turns pieces back into text as SentencePiece does: "▁" is a space, unknown pieces have a surface of their own, bytes make
 * up characters, and the space that encoding added at the start goes.
 */
import { asBoolean, asFields, asString, child, type JsonFields, type JsonObject, optional } from "../json.ts";
import { BYTE_TOKENS } from "../models/byte-tokens.ts";
import { SentencePieceNormalizer } from "../normalizers/sentencepiece.ts";
import { AlignedText } from "../text/aligned-text.ts";
import type { Decoder } from "./decoder.ts";

export interface SentencePieceDecoderOptions {
  /** The piece of the unknown id. */
  readonly unkToken: string;
  /** What is written for it. Default " ⁇ ". */
  readonly unkSurface?: string;
  /** Pieces such as `<0xE2>` are bytes. Default false. */
  readonly byteFallback?: boolean;
  /** Remove one "▁" at the start of the text, which encoding has added. Default true. */
  readonly addDummyPrefix?: boolean;
  /** Remove the "▁" at the start of each piece until there is a text. Default true. */
  readonly removeExtraWhitespaces?: boolean;
  /** Changes the text at last. Default none. */
  readonly denormalizer?: SentencePieceNormalizer | undefined;
}

const MARK = "▁";
const BYTES: ReadonlyMap<string, number> = new Map(BYTE_TOKENS.map((token, byte) => [token, byte] as const));

export class SentencePieceDecoder implements Decoder {
  /** A control symbol between bytes means that they make no character together. */
  readonly seesSkippedTokens = true;
  readonly #options: Required<Omit<SentencePieceDecoderOptions, "denormalizer">>;
  readonly #denormalizer: SentencePieceNormalizer | undefined;

  constructor({ denormalizer, ...options }: SentencePieceDecoderOptions) {
    this.#options = {
      unkSurface: " ⁇ ",
      byteFallback: false,
      addDummyPrefix: true,
      removeExtraWhitespaces: true,
      ...options,
    };
    this.#denormalizer = denormalizer;
  }

  /** @throws {TokenizerFormatError} naming the key path of what is wrong */
  static fromFields(fields: JsonFields, path: string): SentencePieceDecoder {
    return new SentencePieceDecoder({
      unkToken: asString(fields.get("unk_token"), child(path, "unk_token")),
      unkSurface: optional(fields, "unk_surface", path, asString, " ⁇ "),
      byteFallback: optional(fields, "byte_fallback", path, asBoolean, false),
      addDummyPrefix: optional(fields, "add_dummy_prefix", path, asBoolean, true),
      removeExtraWhitespaces: optional(fields, "remove_extra_whitespaces", path, asBoolean, true),
      denormalizer: optional(
        fields,
        "denormalizer",
        path,
        (value, at) => SentencePieceNormalizer.fromFields(asFields(value, at), at),
        undefined,
      ),
    });
  }

  decodeChain(tokens: readonly string[]): string[] {
    const text = this.#decode(tokens);
    if (this.#denormalizer === undefined || text === "") return [text];
    return [this.#denormalizer.normalize(AlignedText.of(text)).text];
  }

  toJson(): JsonObject {
    return {
      type: "SentencePiece",
      unk_token: this.#options.unkToken,
      unk_surface: this.#options.unkSurface,
      byte_fallback: this.#options.byteFallback,
      add_dummy_prefix: this.#options.addDummyPrefix,
      remove_extra_whitespaces: this.#options.removeExtraWhitespaces,
      denormalizer: this.#denormalizer?.toJson() ?? null,
    };
  }

  #decode(tokens: readonly string[]): string {
    const { unkToken, unkSurface, byteFallback, addDummyPrefix, removeExtraWhitespaces } = this.#options;
    let text = "";
    let bytes: number[] = [];
    let isStart = addDummyPrefix || removeExtraWhitespaces;
    for (const token of tokens) {
      const byte = byteFallback ? BYTES.get(token) : undefined;
      if (byte !== undefined) {
        bytes.push(byte);
        continue;
      }
      text += textOf(bytes);
      bytes = [];
      if (text !== "") isStart = false;
      if (token === unkToken) text += unkSurface;
      else if (isStart && token.startsWith(MARK)) {
        text += token.slice(MARK.length).replaceAll(MARK, " ");
        if (!removeExtraWhitespaces) isStart = false;
      } else text += token.replaceAll(MARK, " ");
    }
    return text + textOf(bytes);
  }
}

/** The characters of UTF-8 bytes; U+FFFD for each byte that is none. */
function textOf(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOfCharacter(bytes, at);
    text += length === 0 ? "\ufffd" : UTF8.decode(Uint8Array.from(bytes.slice(at, at + length)));
    at += Math.max(1, length);
  }
  return text;
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** How many bytes the character at a place has; 0 where they are none, overlong or a surrogate. */
function lengthOfCharacter(bytes: readonly number[], at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let next = at + 1; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const isOutside = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return isOverlong || isOutside ? 0 : length;
}
