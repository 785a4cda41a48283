/**
 * Classes of characters, looked up in a table: what scanners ask of each character of a text.
 *
 * Each class is one bit, so that a set of classes is a mask.
 */
import type { RangeCutter } from "../text/pieces.ts";
import { codePointLength } from "../text/unicode.ts";

/** Tells which characters are of a class, as an expression for one character does. */
interface Members {
  test(character: string): boolean;
}

export class CharacterClasses {
  readonly #classes: readonly (readonly [bit: number, members: Members])[];
  readonly #others: number;
  /**
   * The class of each code point, 0 where it has not been asked for yet. It stays 0 for the first halves of surrogate
   * pairs, so that one look at the table tells whether a code unit is all there is to know.
   */
  readonly #table = new Uint8Array(0x110000);

  /**
   * @param classes bits from 1 to 128 and the characters that have them; the first that fits counts
   * @param others the bit of characters of no class
   */
  constructor(classes: readonly (readonly [bit: number, members: Members])[], others: number) {
    this.#classes = classes;
    this.#others = others;
  }

  /** The bit of the character that starts at `index`. */
  at(text: string, index: number): number {
    return this.#table[text.charCodeAt(index)] || this.#lookUp(text, index);
  }

  /** Where the run of characters of some classes ends that starts at `start`, at most `end`. */
  endOfRun(text: string, start: number, end: number, mask: number): number {
    const table = this.#table;
    let index = start;
    while (index < end) {
      const bit = table[text.charCodeAt(index)] as number; // the table has all code units
      if (bit === 0 && (this.#lookUp(text, index) & mask) !== 0) index = nextIndex(text, index);
      else if ((bit & mask) !== 0) index++;
      else break;
    }
    return index;
  }

  #lookUp(text: string, index: number): number {
    const codePoint = text.codePointAt(index) ?? 0;
    const known = this.#table[codePoint] as number;
    if (known !== 0) return known;
    const character = String.fromCodePoint(codePoint);
    const found = this.#classes.find(([, members]) => members.test(character))?.[0] ?? this.#others;
    if (codePoint < 0xd800 || codePoint > 0xdbff) this.#table[codePoint] = found;
    return found;
  }
}

/** The index behind the character at `index`. */
export function nextIndex(text: string, index: number): number {
  return index + codePointLength(text, index);
}

interface RunOptions {
  /** Classes that no piece has. Default none. */
  readonly dropped?: number;
  /** Classes whose characters are pieces of their own. Default none. */
  readonly single?: number;
}

/** Cuts where the class changes. */
export function runCutter(classes: CharacterClasses, { dropped = 0, single = 0 }: RunOptions = {}): RangeCutter {
  return (text, start, end, ranges) => {
    for (let from = start; from < end; ) {
      const bit = classes.at(text, from);
      const to = (bit & single) === 0 ? classes.endOfRun(text, from, end, bit) : nextIndex(text, from);
      if ((bit & dropped) === 0) ranges.push(from, to);
      from = to;
    }
  };
}
