/**
 * Where a piece can be cut without a difference. A token reaches over the place between two characters only if a merge
 * joins a part that ends with the first of them to one that begins with the second. SentencePiece's models see a whole text
 * as one piece, "▁" for each space, yet hardly any merge joins a word to the next: words are merged by themselves.
 */
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { RangeCutter } from "../../text/pieces.ts";
import { BYTE_TOKENS } from "../byte-tokens.ts";
import type { MergeTable } from "./merge-table.ts";
import { PairMap } from "./pair-map.ts";

const MARK = "▁".charCodeAt(0);

/** Longer words, in UTF-16 code units, are cut inside too: texts without spaces, such as Chinese ones. */
const LONG_WORD = 16;

/** Stands for the units that are no token by themselves: unknown characters, and halves of surrogate pairs. */
const OTHER = 0xffff;

const JOINED = 1;
const SEAM = 2;

interface SeamsOptions {
  /** Of one token for each id. */
  readonly vocabulary: Vocabulary;
  /** Parts and results must look the same everywhere in a piece. */
  readonly merges: MergeTable;
  /** Without one, unknown characters are left out, and what is around them may merge. */
  readonly unkToken: string | undefined;
  /** Whether a character of one UTF-16 code unit is a token. */
  readonly isToken: (unit: number) => boolean;
}

interface EndsOfTokens {
  readonly firsts: Uint16Array;
  readonly lasts: Uint16Array;
  readonly replacesOthers: Uint8Array;
}

export class Seams {
  readonly #options: SeamsOptions;
  /** The pairs of units that merges join; made when the first text has several words. */
  #joined: PairMap | undefined;
  /** What is known of pairs of units below 256, with the mark in the place of 0: SEAM, JOINED, or 0. */
  readonly #known = new Uint8Array(0x10000);

  constructor(options: SeamsOptions) {
    this.#options = options;
  }

  /** Cuts before words, and inside of long ones, wherever no token reaches over. */
  readonly cut: RangeCutter = (text, start, end, ranges) => {
    let from = start;
    let before = text.charCodeAt(start);
    for (let at = start + 1; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (unit === MARK && before !== MARK && this.#isSeam(before, unit)) {
        this.#cutWord(text, from, at, ranges);
        from = at;
      }
      before = unit;
    }
    this.#cutWord(text, from, end, ranges);
  };

  #joinedByMerges(): PairMap {
    const joined = new PairMap();
    const join = (last: number, first: number) => joined.set(last, first, JOINED);
    join(OTHER, OTHER);
    const { firsts, lasts, replacesOthers } = this.#endsOfTokens();
    this.#options.merges.forEachPair((left, right) => {
      const last = lasts[left] as number; // merges have ids of the vocabulary
      const first = firsts[right] as number;
      if (joined.get(last, first) !== JOINED) join(last, first);
      if (replacesOthers[left] === 1) join(OTHER, first);
      if (replacesOthers[right] === 1) join(last, OTHER);
    });
    return joined;
  }

  /** Per id the kinds of the units that its token starts and ends with, and 1 if it stands for characters that are no tokens. */
  #endsOfTokens(): EndsOfTokens {
    const { vocabulary, unkToken } = this.#options;
    const firsts = new Uint16Array(vocabulary.size);
    const lasts = new Uint16Array(vocabulary.size);
    const replacesOthers = new Uint8Array(vocabulary.size);
    vocabulary.forEachEnds((id, first, last) => {
      firsts[id] = this.#kindOf(first);
      lasts[id] = this.#kindOf(last);
    });
    for (const token of unkToken === undefined ? BYTE_TOKENS : [unkToken, ...BYTE_TOKENS]) {
      const id = vocabulary.tokenToId(token);
      if (id !== undefined) replacesOthers[id] = 1;
    }
    return { firsts, lasts, replacesOthers };
  }

  #cutWord(text: string, start: number, end: number, ranges: number[]): void {
    let from = start;
    if (end - start > LONG_WORD) {
      let before = text.charCodeAt(start);
      for (let at = start + 1; at < end; at++) {
        const unit = text.charCodeAt(at);
        if (this.#isSeam(before, unit)) {
          ranges.push(from, at);
          from = at;
        }
        before = unit;
      }
    }
    ranges.push(from, end);
  }

  /** Whether no token reaches over a place inside of a text, by the units on both sides. */
  #isSeam(before: number, behind: number): boolean {
    const last = before === MARK ? 0 : before || OTHER;
    const first = behind === MARK ? 0 : behind || OTHER;
    if ((last | first) > 0xff) return this.#findOut(before, behind) === SEAM;
    const pair = (last << 8) | first;
    if (this.#known[pair] === 0) this.#known[pair] = this.#findOut(before, behind);
    return this.#known[pair] === SEAM;
  }

  #findOut(before: number, behind: number): typeof SEAM | typeof JOINED {
    const last = this.#kindOf(before);
    const first = this.#kindOf(behind);
    if (this.#options.unkToken === undefined && (last === OTHER || first === OTHER)) return JOINED;
    this.#joined ??= this.#joinedByMerges();
    return this.#joined.get(last, first) === JOINED ? JOINED : SEAM;
  }

  #kindOf(unit: number): number {
    return this.#options.isToken(unit) ? unit : OTHER;
  }
}
