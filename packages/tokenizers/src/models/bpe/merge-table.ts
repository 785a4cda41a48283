/** Which pairs of ids merge, in what order and into what. */
import { TokenizerFormatError } from "../../errors.ts";
import { child } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import { MergeText } from "./merge-text.ts";
import type { BpeMerge, MergeList } from "./model.ts";
import { PairMap } from "./pair-map.ts";

export class MergeTable {
  readonly #ranks: PairMap;
  /** By rank. */
  readonly #leftIds: Int32Array;
  readonly #rightIds: Int32Array;
  readonly #mergedIds: Int32Array;

  /**
   * @param merges first learned first; a pair that comes twice has its later place
   * @param prefix what right parts begin with and lose when they are merged
   * @throws {TokenizerFormatError} if a merge needs a token that the vocabulary lacks
   */
  constructor(vocabulary: Vocabulary, merges: MergeList, prefix: string) {
    this.#ranks = new PairMap(merges.length);
    this.#leftIds = new Int32Array(merges.length);
    this.#rightIds = new Int32Array(merges.length);
    this.#mergedIds = new Int32Array(merges.length);
    const reader = new MergeReader(vocabulary, prefix);
    for (let rank = 0; rank < merges.length; rank++) {
      reader.read(merges, rank);
      this.#ranks.set(reader.left, reader.right, rank);
      this.#leftIds[rank] = reader.left;
      this.#rightIds[rank] = reader.right;
      this.#mergedIds[rank] = reader.merged;
    }
  }

  /** The place of a pair among the merges, lower goes first; -1 if it does not merge. */
  rankOf(left: number, right: number): number {
    return this.#ranks.get(left, right);
  }

  /** What the merge of a rank makes. */
  mergedIdOf(rank: number): number {
    return this.#mergedIds[rank] as number; // ranks come from rankOf
  }

  /** Calls back with the two ids of each merge, first learned first. */
  forEachPair(visit: (left: number, right: number) => void): void {
    for (let rank = 0; rank < this.#leftIds.length; rank++) {
      visit(this.#leftIds[rank] as number, this.#rightIds[rank] as number);
    }
  }
}

/** A pair of tokens, or both with a space between them. */
export function cutMerge(merge: BpeMerge | string): BpeMerge {
  if (typeof merge !== "string") return merge;
  const space = merge.indexOf(" ");
  return [merge.slice(0, space), merge.slice(space + 1)];
}

const NO_ID = -1;

/** Finds the ids of merges, without strings of their tokens. */
class MergeReader {
  left = NO_ID;
  right = NO_ID;
  merged = NO_ID;
  readonly #vocabulary: Vocabulary;
  readonly #prefix: string;

  constructor(vocabulary: Vocabulary, prefix: string) {
    this.#vocabulary = vocabulary;
    this.#prefix = prefix;
  }

  /** Sets the ids to those of a merge. */
  read(merges: MergeList, rank: number): void {
    if (merges instanceof MergeText) {
      const leftStart = merges.placeOf(rank, 0);
      const leftEnd = merges.placeOf(rank, 1);
      this.#find(merges.textOf(rank), leftStart, leftEnd, merges.placeOf(rank, 2), merges.placeOf(rank, 3), rank);
      return;
    }
    const merge = merges[rank] as BpeMerge | string; // the rank is below the length
    if (typeof merge === "string") {
      const space = merge.indexOf(" ");
      this.#find(merge, 0, space, space + 1, merge.length, rank);
    } else {
      const [left, right] = merge;
      this.#find(left + right, 0, left.length, left.length, left.length + right.length, rank);
    }
  }

  #find(text: string, leftStart: number, leftEnd: number, rightStart: number, rightEnd: number, rank: number): void {
    this.left = this.#idOf(text, leftStart, leftEnd, rank);
    this.right = this.#idOf(text, rightStart, rightEnd, rank);
    const start = Math.min(rightStart + this.#prefix.length, rightEnd);
    // Files list merges in the order of the tokens that they make.
    if (this.#isMerged(text, leftStart, leftEnd, start, rightEnd)) return;
    this.merged++;
    if (this.#isMerged(text, leftStart, leftEnd, start, rightEnd)) return;
    const token = text.slice(leftStart, leftEnd) + text.slice(start, rightEnd);
    this.merged = this.#idOf(token, 0, token.length, rank);
  }

  #idOf(text: string, start: number, end: number, rank: number): number {
    return this.#vocabulary.idOfUnits(text, start, end) ?? refuse(text.slice(start, end), rank);
  }

  /** Whether two parts of a text are what was merged last. */
  #isMerged(text: string, leftStart: number, leftEnd: number, rightStart: number, rightEnd: number): boolean {
    const token = this.#vocabulary.idToToken(this.merged);
    const length = leftEnd - leftStart + rightEnd - rightStart;
    if (token === undefined || token.length !== length) return false;
    let at = 0;
    for (let from = leftStart; from < leftEnd; from++) {
      if (token.charCodeAt(at++) !== text.charCodeAt(from)) return false;
    }
    for (let from = rightStart; from < rightEnd; from++) {
      if (token.charCodeAt(at++) !== text.charCodeAt(from)) return false;
    }
    return true;
  }
}

function refuse(token: string, rank: number): never {
  const path = child("model.merges", rank);
  throw new TokenizerFormatError(path, "tokens of the vocabulary", `${JSON.stringify(token)}, which it lacks`);
}
