/**
 * Bytes written as characters: each of the 256 bytes of UTF-8 has one visible character, so that a model over
 * characters is a model over bytes, has no unknown character and a small alphabet.
 *
 * Bytes that print in Latin-1 stand for themselves; the others, in order, are U+0100 and up, so a space is "Ġ".
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2
 */
import { type AlignedText, AlignedTextBuilder } from "./aligned-text.ts";
import { isAscii } from "./unicode.ts";

/** The character of each byte, byte `b` at index `b`. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

const BYTES: ReadonlyMap<string, number> = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
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

/** Appends the bytes that a token spells; a token with any other character is itself, in UTF-8. */
export function pushBytes(token: string, bytes: number[]): void {
  const length = bytes.length;
  for (const character of token) {
    const byte = BYTES.get(character);
    if (byte === undefined) {
      bytes.length = length;
      for (const own of UTF8.encode(token)) bytes.push(own);
      return;
    }
    bytes.push(byte);
  }
}

/** The same for text of ASCII, whose code units are its bytes. */
function asciiByteCharactersOf(text: string): string {
  let characters = "";
  for (let at = 0; at < text.length; at++) characters += BYTE_CHARACTERS[text.charCodeAt(at)];
  return characters;
}

function byteCharactersOf(text: string): string {
  let characters = "";
  for (const byte of UTF8.encode(text)) characters += BYTE_CHARACTERS[byte];
  return characters;
}

function byteCharacters(): string[] {
  let substitute = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printsInLatin1(byte) ? byte : substitute++));
}

/** White space, control characters and the soft hyphen do not print. */
function printsInLatin1(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
}
