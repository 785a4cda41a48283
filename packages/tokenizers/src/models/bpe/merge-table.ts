/** Which pairs of ids merge, in what order and into what. */
import { TokenizerFormatError } from "../../errors.ts";
import { child } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { BpeMerge } from "./model.ts";
import { PairMap } from "./pair-map.ts";

const NO_ID = -1;
const SPACE = " ".charCodeAt(0);

export class MergeTable {
  readonly #ranks: PairMap;
  readonly #mergedIds: Int32Array;

  /**
   * @param merges first learned first; a pair that comes twice has its later place. Strings are looked up without being cut
   * @param prefix what right parts begin with and lose when they are merged
   * @throws {TokenizerFormatError} if a merge needs a token that the vocabulary lacks
   */
  constructor(vocabulary: Vocabulary, merges: readonly (BpeMerge | string)[], prefix: string) {
    this.#ranks = new PairMap(merges.length);
    this.#mergedIds = new Int32Array(merges.length);
    let merged = NO_ID;
    for (let rank = 0; rank < merges.length; rank++) {
      const merge = merges[rank] as BpeMerge | string; // there are so many
      if (typeof merge === "string") {
        const space = merge.indexOf(" ");
        const left = idOf(vocabulary, merge, 0, space, rank);
        this.#ranks.set(left, idOf(vocabulary, merge, space + 1, merge.length, rank), rank);
      } else {
        const [left, right] = merge;
        const leftId = idOf(vocabulary, left, 0, left.length, rank);
        this.#ranks.set(leftId, idOf(vocabulary, right, 0, right.length, rank), rank);
      }
      // Files list merges in the order of the tokens that they make.
      if (!makes(vocabulary, merged, merge, prefix) && !makes(vocabulary, ++merged, merge, prefix)) {
        const [left, right] = cutMerge(merge);
        const token = left + right.slice(prefix.length);
        merged = idOf(vocabulary, token, 0, token.length, rank);
      }
      this.#mergedIds[rank] = merged;
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
}

/** A pair of tokens, or both with a space between them. */
export function cutMerge(merge: BpeMerge | string): BpeMerge {
  if (typeof merge !== "string") return merge;
  const space = merge.indexOf(" ");
  return [merge.slice(0, space), merge.slice(space + 1)];
}

function idOf(vocabulary: Vocabulary, text: string, start: number, end: number, rank: number): number {
  return vocabulary.idOfUnits(text, start, end) ?? refuse(text.slice(start, end), rank);
}

/** Whether a token is what a merge makes, found out without a string of it. */
function makes(vocabulary: Vocabulary, id: number, merge: BpeMerge | string, prefix: string): boolean {
  const token = vocabulary.idToToken(id);
  if (token === undefined) return false;
  if (typeof merge === "string") return prefix === "" && isWithoutSpace(token, merge);
  const [left, right] = merge;
  return (
    token.length === left.length + right.length - prefix.length &&
    token.startsWith(left) &&
    token.endsWith(prefix === "" ? right : right.slice(prefix.length))
  );
}

/** Whether a merge is the token with a space in it. */
function isWithoutSpace(token: string, merge: string): boolean {
  if (merge.length !== token.length + 1) return false;
  let at = 0;
  while (at < token.length && token.charCodeAt(at) === merge.charCodeAt(at)) at++;
  if (merge.charCodeAt(at) !== SPACE) return false;
  while (at < token.length && token.charCodeAt(at) === merge.charCodeAt(at + 1)) at++;
  return at === token.length;
}

function refuse(token: string, rank: number): never {
  const path = child("model.merges", rank);
  throw new TokenizerFormatError(path, "tokens of the vocabulary", `${JSON.stringify(token)}, which it lacks`);
}
