/** Letter, number, white space or other: the classes that split patterns of language models tell apart. */
import { WHITE_SPACE } from "../../unicode.ts";

/** Unicode category L. */
export const LETTER = 1;
/** Unicode category N. */
export const NUMBER = 2;
/** Unicode White_Space. */
export const SPACE = 3;
/** Everything else, marks included. */
export const OTHER = 4;

const IS_LETTER = /\p{L}/u;
const IS_NUMBER = /\p{N}/u;
const IS_SPACE = new RegExp(`[${WHITE_SPACE}]`, "u");

/** The class of each code point, 0 where it has not been asked for yet. */
const classes = new Uint8Array(0x110000);

/** The class of the character at `index`. */
export function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const codePoint = unit < 0xd800 || unit > 0xdbff ? unit : (text.codePointAt(index) ?? unit);
  return classes[codePoint] || classify(codePoint);
}

/** Where the run of characters of a class that `start` lies in or before ends. */
export function endOfRun(text: string, start: number, characterClass: number): number {
  let index = start;
  while (index < text.length && classAt(text, index) === characterClass) index = nextIndex(text, index);
  return index;
}

/** The index behind the character at `index`. */
export function nextIndex(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit < 0xd800 || unit > 0xdbff || (text.codePointAt(index) ?? 0) <= 0xffff ? index + 1 : index + 2;
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  const found = IS_LETTER.test(character)
    ? LETTER
    : IS_NUMBER.test(character)
      ? NUMBER
      : IS_SPACE.test(character)
        ? SPACE
        : OTHER;
  classes[codePoint] = found;
  return found;
}
