/** Which pairs of ids merge, in what order and into what. */
import { TokenizerFormatError } from "../../errors.ts";
import { child } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import { encodeUtf8 } from "../../text/utf8.ts";
import type { MergeBytes } from "./merge-bytes.ts";
import type { BpeMerge } from "./model.ts";
import { RankTable } from "./rank-table.ts";

export class MergeTable {
  readonly #ranks: RankTable;
  /** The left and the right id of each rank. */
  readonly #pairs: Int32Array;
  /** By rank. */
  readonly #mergedIds: Int32Array;

  /**
   * @param merges first learned first; a pair that comes twice has its later place
   * @param prefix what right parts begin with and lose when they are merged
   * @throws {TokenizerFormatError} if a merge needs a token that the vocabulary lacks
   */
  constructor(vocabulary: Vocabulary, merges: MergeBytes, prefix: string) {
    const joined = merges.withoutPrefix(encodeUtf8(prefix).length);
    this.#pairs = vocabulary.idsOf(merges.bytes, merges.ends);
    this.#mergedIds = vocabulary.idsOfPairs(joined.bytes, joined.ends);
    checkTokens(this.#pairs, this.#mergedIds, merges, joined);
    this.#ranks = new RankTable(this.#pairs);
  }

  /** The place of a pair among the merges, lower goes first; -1 if it does not merge. */
  rankOf(left: number, right: number): number {
    return this.#ranks.rankOf(left, right);
  }

  /** What the merge of a rank makes. */
  mergedIdOf(rank: number): number {
    return this.#mergedIds[rank] as number; // ranks come from rankOf
  }

  /** Calls back with the two ids of each merge, first learned first. */
  forEachPair(visit: (left: number, right: number) => void): void {
    for (let at = 0; at < this.#pairs.length; at += 2) visit(this.#pairs[at] as number, this.#pairs[at + 1] as number);
  }
}

/** A pair of tokens, or both with a space between them. */
export function cutMerge(merge: BpeMerge | string): BpeMerge {
  if (typeof merge !== "string") return merge;
  const space = merge.indexOf(" ");
  return [merge.slice(0, space), merge.slice(space + 1)];
}

const NO_ID = -1;

/** @throws {TokenizerFormatError} for the first token that the vocabulary lacks */
function checkTokens(pairs: Int32Array, mergedIds: Int32Array, merges: MergeBytes, joined: MergeBytes): void {
  const [part, whole] = [pairs.indexOf(NO_ID), mergedIds.indexOf(NO_ID)];
  if (part === -1 && whole === -1) return;
  const isPart = part !== -1 && (whole === -1 || part >> 1 <= whole);
  const rank = isPart ? part >> 1 : whole;
  const token = isPart ? merges.pairAt(rank)[part % 2] : joined.pairAt(rank).join("");
  const path = child("model.merges", rank);
  throw new TokenizerFormatError(path, "tokens of the vocabulary", `${JSON.stringify(token)}, which it lacks`);
}
