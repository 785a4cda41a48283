/** Puts the characters of a JSON string in the place of its escapes. */
import { encodeUtf8 } from "../../text/utf8.ts";
import { byteOf, OtherForm } from "./json-walker.ts";

const BACKSLASH = byteOf("\\");
const U = byteOf("u");

/** By the character behind the backslash. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }).map(
    ([name, character]) => [byteOf(name), byteOf(character)],
  ),
);

/**
 * The contents of a string, UTF-8 in bytes `[start, end)`, without escapes; no other character than those of JSON may stand behind
 * a backslash.
 *
 * @throws {OtherForm} if `\\u` has no digits, or stands for half a surrogate pair
 */
export function withoutEscapes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const plain = new Uint8Array(end - start); // no escape has fewer bytes than its character
  let length = 0;
  for (let at = start; at < end; ) {
    const byte = bytes[at++] as number;
    if (byte !== BACKSLASH) plain[length++] = byte;
    else if (bytes[at] === U) {
      const units = unitsAt(bytes, at - 1, end);
      at += 6 * units.length - 1;
      const character = encodeUtf8(units);
      plain.set(character, length);
      length += character.length;
    } else {
      plain[length++] = ESCAPES.get(bytes[at++] as number) as number; // there are no others
    }
  }
  return plain.subarray(0, length);
}

/** The character of an escape, or of two that stand for a surrogate pair. */
function unitsAt(bytes: Uint8Array, at: number, end: number): string {
  const text = String.fromCharCode(...bytes.subarray(at, Math.min(at + 12, end)));
  const match = /^\\u([0-9a-f]{4})(?:\\u([0-9a-f]{4}))?/i.exec(text);
  if (match === null) throw new OtherForm();
  const [first = 0, second = 0] = match.slice(1).map((digits) => Number.parseInt(digits, 16));
  const isPair = (first & 0xfc00) === 0xd800 && (second & 0xfc00) === 0xdc00;
  const units = String.fromCharCode(...(isPair ? [first, second] : [first]));
  if (!units.isWellFormed()) throw new OtherForm();
  return units;
}
