/**
 * The tokens that unigram training starts from: all characters, and the substrings that occur again.
 *
 * Substrings are found by a suffix array over the words. A stretch of suffixes that share their first n characters, and
 * no more, is one substring that can be continued in several ways, so its count is not that of a longer one. Whole words
 * that are seen twice are candidates too. Those that cover most text, count times length, are taken.
 *
 * @see Abouelhoda, Kurtz and Ohlebusch 2004, "Replacing suffix trees with enhanced suffix arrays", section 3
 */
import { compareCodePoints } from "../../text/unicode.ts";
import { log } from "./portable-math.ts";

/** A word and how often it was seen. */
export type WordCount = readonly [word: string, count: number];

/** Tokens with their natural-log probabilities. */
export interface ScoredTokens {
  readonly tokens: readonly string[];
  readonly scores: Float64Array;
}

interface SeedOptions {
  /** In code points. */
  readonly maxPieceLength: number;
  /** The most tokens to start from; all characters are taken in any case. */
  readonly seedSize: number;
  /** Never candidates. */
  readonly exclude: ReadonlySet<string>;
}

interface Candidate {
  readonly token: string;
  /** Count times length in code points. */
  readonly coverage: number;
}

/** @param alphabet all characters of the words, and others that are to be tokens */
export function seedTokens(
  words: readonly WordCount[],
  alphabet: readonly string[],
  { maxPieceLength, seedSize, exclude }: SeedOptions,
): ScoredTokens {
  const characterCounts = new Map(alphabet.map((character) => [character, 0]));
  for (const [word, count] of words) {
    for (const character of word) characterCounts.set(character, (characterCounts.get(character) ?? 0) + count);
  }
  const characters = [...characterCounts].map(([token, count]) => ({ token, coverage: Math.max(count, 1) }));
  const substrings = repeatedSubstrings(words, maxPieceLength).filter(({ token }) => !exclude.has(token));
  const chosen = [
    ...characters.sort(byCoverage),
    ...substrings.sort(byCoverage).slice(0, Math.max(0, seedSize - characters.length)),
  ];
  const logTotal = log(chosen.reduce((sum, { coverage }) => sum + coverage, 0));
  return {
    tokens: chosen.map(({ token }) => token),
    scores: Float64Array.from(chosen, ({ coverage }) => log(coverage) - logTotal),
  };
}

function byCoverage(left: Candidate, right: Candidate): number {
  return right.coverage - left.coverage || compareCodePoints(left.token, right.token);
}

const WORD_END = -1;

function repeatedSubstrings(words: readonly WordCount[], maxLength: number): Candidate[] {
  const text = new SuffixText(words, maxLength);
  const candidates: Candidate[] = [];
  const offer = (length: number, left: number, right: number) => {
    const count = text.countOf(left, right);
    if (length >= 2 && count >= 2) candidates.push({ token: text.prefix(left, length), coverage: count * length });
  };
  // Open stretches, each inside the one before it: a shared length, and the rank of the first suffix that shares it.
  const open = [{ length: 0, left: 0 }];
  for (let rank = 1; rank <= text.size; rank++) {
    const shared = text.sharedLength(rank - 1, rank);
    let left = rank - 1;
    const whole = text.wholeWordLength(rank - 1);
    if (whole > Math.max(shared, open.at(-1)?.length ?? 0)) offer(whole, left, rank);
    while ((open.at(-1)?.length ?? 0) > shared) {
      const closed = open.pop() ?? { length: 0, left };
      offer(closed.length, closed.left, rank);
      left = closed.left;
    }
    if ((open.at(-1)?.length ?? 0) < shared) open.push({ length: shared, left });
  }
  return candidates;
}

/** All suffixes of the words, sorted by their first `maxLength` code points; a rank is a place in that order. */
class SuffixText {
  readonly size: number;
  readonly #points: Int32Array;
  readonly #sorted: Int32Array;
  /** Element `r`: how often the suffixes of ranks below `r` occur. */
  readonly #countsBelow: Float64Array;
  readonly #maxLength: number;

  constructor(words: readonly WordCount[], maxLength: number) {
    const points: number[] = [];
    const counts: number[] = [];
    for (const [word, count] of words) {
      for (const character of word) counts[points.push(character.codePointAt(0) ?? 0) - 1] = count;
      counts[points.push(WORD_END) - 1] = 0;
    }
    this.#points = Int32Array.from(points);
    this.#maxLength = maxLength;
    this.#sorted = Int32Array.from(points.keys())
      .filter((at) => points[at] !== WORD_END)
      .sort((left, right) => this.#compare(left, right));
    this.size = this.#sorted.length;
    this.#countsBelow = new Float64Array(this.size + 1);
    for (const [rank, at] of this.#sorted.entries()) {
      this.#countsBelow[rank + 1] = (this.#countsBelow[rank] ?? 0) + (counts[at] ?? 0);
    }
  }

  /** How often the suffixes of ranks `[left, right)` occur. */
  countOf(left: number, right: number): number {
    return (this.#countsBelow[right] ?? 0) - (this.#countsBelow[left] ?? 0);
  }

  /** The first `length` code points of a suffix. */
  prefix(rank: number, length: number): string {
    const at = this.#sorted[rank] ?? 0;
    return String.fromCodePoint(...this.#points.subarray(at, at + length));
  }

  /** How many code points, at most `maxLength`, two suffixes share; 0 behind the last one. */
  sharedLength(left: number, right: number): number {
    const a = this.#sorted[left];
    const b = this.#sorted[right];
    if (a === undefined || b === undefined) return 0;
    let length = 0;
    while (length < this.#maxLength && this.#pointAt(a + length) === this.#pointAt(b + length)) {
      if (this.#pointAt(a + length) === WORD_END) break;
      length++;
    }
    return length;
  }

  /** The length of a suffix that is a word of at most `maxLength`, else 0. */
  wholeWordLength(rank: number): number {
    const at = this.#sorted[rank] ?? 0;
    if (at > 0 && this.#pointAt(at - 1) !== WORD_END) return 0;
    let length = 0;
    while (this.#pointAt(at + length) !== WORD_END) if (++length > this.#maxLength) return 0;
    return length;
  }

  #pointAt(at: number): number {
    return this.#points[at] ?? WORD_END;
  }

  #compare(left: number, right: number): number {
    for (let offset = 0; offset < this.#maxLength; offset++) {
      const difference = this.#pointAt(left + offset) - this.#pointAt(right + offset);
      if (difference !== 0) return difference;
      if (this.#pointAt(left + offset) === WORD_END) break;
    }
    return left - right;
  }
}
