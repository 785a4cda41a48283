/**
 * Bytes as characters: each of the 256 bytes has one visible character, so that a model of characters is a model of
 * bytes, with a small alphabet and no unknown character.
 *
 * Bytes that print in Latin-1 stand for themselves; the others, in order, are U+0100 and up, so a space is "Ġ".
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2
 */
import { type AlignedText, AlignedTextBuilder } from "./aligned-text.ts";
import { isAscii } from "./unicode.ts";

/** The character of each byte, byte `b` at index `b`. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

const NO_BYTE = -1;
/** The byte that each code unit stands for. */
const BYTES = bytesByUnit();
/** A UTF-16 code unit takes so many bytes of UTF-8 at most. */
const LONGEST_UNIT = 3;
const UTF8 = new TextEncoder();

/** The UTF-8 bytes of a text as characters; all bytes of a character stand where it does. */
export function toByteCharacters(source: AlignedText): AlignedText {
  const { text } = source;
  if (isAscii(text)) return source.withText(asciiByteCharactersOf(text));
  const builder = new AlignedTextBuilder(source);
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    builder.replace(byteCharactersOf(character), start, end);
    start = end;
  }
  return builder.build();
}

/** The bytes that tokens spell; a token with any other character is itself, in UTF-8. */
export function bytesOf(tokens: readonly string[]): Uint8Array {
  const units = tokens.reduce((sum, token) => sum + token.length, 0);
  const bytes = new Uint8Array(LONGEST_UNIT * units);
  let length = 0;
  for (const token of tokens)
    length += spell(token, bytes, length) || UTF8.encodeInto(token, bytes.subarray(length)).written;
  return bytes.subarray(0, length);
}

/** The same for text of ASCII, whose code units are its bytes. */
function asciiByteCharactersOf(text: string): string {
  let characters = "";
  for (let at = 0; at < text.length; at++) characters += BYTE_CHARACTERS[text.charCodeAt(at)];
  return characters;
}

/** The same for one character; half a surrogate pair is U+FFFD. */
function byteCharactersOf(character: string): string {
  const codePoint = character.isWellFormed() ? (character.codePointAt(0) ?? 0) : 0xfffd;
  if (codePoint < 0x80) return byteCharacter(codePoint);
  if (codePoint < 0x800) return byteCharacter(0xc0 | (codePoint >> 6)) + trailingByte(codePoint);
  const last = trailingByte(codePoint >> 6) + trailingByte(codePoint);
  if (codePoint < 0x10000) return byteCharacter(0xe0 | (codePoint >> 12)) + last;
  return byteCharacter(0xf0 | (codePoint >> 18)) + trailingByte(codePoint >> 12) + last;
}

function trailingByte(bits: number): string {
  return byteCharacter(0x80 | (bits & 0x3f));
}

function byteCharacter(byte: number): string {
  return BYTE_CHARACTERS[byte] as string; // there are all 256
}

/** Writes the bytes of a token at `at`; how many there are, 0 if one of its characters stands for none. */
function spell(token: string, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < token.length; index++) {
    const byte = BYTES[token.charCodeAt(index)] ?? NO_BYTE;
    if (byte === NO_BYTE) return 0;
    bytes[at + index] = byte;
  }
  return token.length;
}

function byteCharacters(): string[] {
  let substitute = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printsInLatin1(byte) ? byte : substitute++));
}

function bytesByUnit(): Int16Array {
  const units = BYTE_CHARACTERS.map((character) => character.charCodeAt(0));
  const bytes = new Int16Array(Math.max(...units) + 1).fill(NO_BYTE);
  for (const [byte, unit] of units.entries()) bytes[unit] = byte;
  return bytes;
}

/** White space, control characters and the soft hyphen do not print. */
function printsInLatin1(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
}
