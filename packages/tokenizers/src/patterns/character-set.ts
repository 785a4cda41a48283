/**
 * A set of characters that is looked up in a table. Engines compare a character with each range of a class, and classes of
 * Unicode have hundreds of them.
 */
import { codePointLength } from "../text/unicode.ts";

const INSIDE = 1;
const OUTSIDE = 2;

export class CharacterSet {
  readonly #expression: RegExp;
  /** Per UTF-16 code unit whether it is in the set; 0 where nobody asked yet, and for what may be the half of a pair. */
  readonly #units = new Uint8Array(0x10000);
  readonly #others = new Map<number, boolean>();

  /** @param source of an expression that matches single characters, for the flag v */
  constructor(source: string) {
    this.#expression = new RegExp(`^${source}$`, "v");
  }

  /** Whether a character of the set starts with a UTF-16 code unit; true of what may be the half of a pair. */
  startsWith(unit: number): boolean {
    return (unit & 0xf800) === 0xd800 || this.lengthAt(String.fromCharCode(unit), 0) > 0;
  }

  /** How many units the character at a place has; 0 if it is not in the set, or the text ends there. */
  lengthAt(text: string, at: number): 0 | 1 | 2 {
    if (at >= text.length) return 0;
    const known = this.#units[text.charCodeAt(at)];
    if (known === INSIDE) return 1;
    return known === OUTSIDE || !this.#has(text, at) ? 0 : codePointLength(text, at);
  }

  /** Where the run of characters of the set ends that starts at `start`. */
  endOfRun(text: string, start: number): number {
    const units = this.#units;
    let at = start;
    while (at < text.length) {
      const known = units[text.charCodeAt(at)];
      if (known === INSIDE) at++;
      else if (known === OUTSIDE || !this.#has(text, at)) break;
      else at += codePointLength(text, at);
    }
    return at;
  }

  #has(text: string, at: number): boolean {
    const codePoint = text.codePointAt(at) as number; // there is one
    const isPaired = codePoint > 0xffff || (codePoint & 0xf800) === 0xd800;
    const known = isPaired ? this.#others.get(codePoint) : undefined;
    if (known !== undefined) return known;
    const isInside = this.#expression.test(String.fromCodePoint(codePoint));
    if (isPaired) this.#others.set(codePoint, isInside);
    else this.#units[codePoint] = isInside ? INSIDE : OUTSIDE;
    return isInside;
  }
}
