/**
 * Where a piece can be cut without a difference. A token reaches over the place between two characters only if a merge
 * joins a part that ends with the first of them to one that begins with the second. SentencePiece's models see a whole text
 * as one piece, "▁" for each space, yet hardly any merge joins a word to the next: words are merged by themselves.
 */
import type { RangeCutter } from "../../text/pieces.ts";
import { BYTE_TOKENS } from "../byte-tokens.ts";
import { cutMerge } from "./merge-table.ts";
import type { BpeMerge } from "./model.ts";

const MARK = "▁".charCodeAt(0);

/** Longer words, in UTF-16 code units, are cut inside too: texts without spaces, such as Chinese ones. */
const LONG_WORD = 16;

/** Stands for the units that are no token by themselves: unknown characters, and halves of surrogate pairs. */
const OTHER = 0xffff;

const BYTES: ReadonlySet<string> = new Set(BYTE_TOKENS);

interface SeamsOptions {
  /** Parts and results must look the same everywhere in a piece. */
  readonly merges: readonly (BpeMerge | string)[];
  /** Without one, unknown characters are left out, and what is around them may merge. */
  readonly unkToken: string | undefined;
  /** Whether a character of one UTF-16 code unit is a token. */
  readonly isToken: (unit: number) => boolean;
}

export class Seams {
  readonly #options: SeamsOptions;
  /** Each pair of units that merges join, as `first * 2^16 + second`; made when the first text has several words. */
  #joined: ReadonlySet<number> | undefined;

  constructor(options: SeamsOptions) {
    this.#options = options;
  }

  /** Cuts before words, and inside of long ones, wherever no token reaches over. */
  readonly cut: RangeCutter = (text, start, end, ranges) => {
    let from = start;
    for (let at = start + 1; at < end; at++) {
      if (text.charCodeAt(at) !== MARK || text.charCodeAt(at - 1) === MARK || !this.#isSeam(text, at)) continue;
      this.#cutWord(text, from, at, ranges);
      from = at;
    }
    this.#cutWord(text, from, end, ranges);
  };

  #joinedByMerges(): Set<number> {
    const joined = new Set([pairOf(OTHER, OTHER)]);
    for (const merge of this.#options.merges) {
      const [left, right] = cutMerge(merge);
      const last = this.#kindOf(left.charCodeAt(left.length - 1));
      const first = this.#kindOf(right.charCodeAt(0));
      joined.add(pairOf(last, first));
      if (this.#replacesOthers(left)) joined.add(pairOf(OTHER, first));
      if (this.#replacesOthers(right)) joined.add(pairOf(last, OTHER));
    }
    return joined;
  }

  /** Whether a token stands for characters that are no tokens. */
  #replacesOthers(token: string): boolean {
    return token === this.#options.unkToken || (token.length === 6 && BYTES.has(token));
  }

  #cutWord(text: string, start: number, end: number, ranges: number[]): void {
    let from = start;
    if (end - start > LONG_WORD) {
      for (let at = start + 1; at < end; at++) {
        if (!this.#isSeam(text, at)) continue;
        ranges.push(from, at);
        from = at;
      }
    }
    ranges.push(from, end);
  }

  /** Whether no token reaches over a place inside of a text. */
  #isSeam(text: string, at: number): boolean {
    const before = this.#kindOf(text.charCodeAt(at - 1));
    const behind = this.#kindOf(text.charCodeAt(at));
    if (this.#options.unkToken === undefined && (before === OTHER || behind === OTHER)) return false;
    this.#joined ??= this.#joinedByMerges();
    return !this.#joined.has(pairOf(before, behind));
  }

  #kindOf(unit: number): number {
    return this.#options.isToken(unit) ? unit : OTHER;
  }
}

function pairOf(first: number, second: number): number {
  return first * 0x10000 + second;
}
