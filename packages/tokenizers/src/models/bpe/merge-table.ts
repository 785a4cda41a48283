/** Which pairs of ids merge, in what order and into what. */
import { TokenizerFormatError } from "../../errors.ts";
import { child } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { BpeMerge } from "./model.ts";
import { PairMap } from "./pair-map.ts";

export class MergeTable {
  readonly #ranks: PairMap;
  readonly #mergedIds: Int32Array;

  /**
   * @param merges first learned first; a pair that comes twice has its later place
   * @param prefix what right parts begin with and lose when they are merged
   * @throws {TokenizerFormatError} if a merge needs a token that the vocabulary lacks
   */
  constructor(vocabulary: Vocabulary, merges: readonly BpeMerge[], prefix: string) {
    this.#ranks = new PairMap(merges.length);
    this.#mergedIds = new Int32Array(merges.length);
    for (const [rank, [left, right]] of merges.entries()) {
      const path = child("model.merges", rank);
      this.#ranks.set(idOf(vocabulary, left, path), idOf(vocabulary, right, path), rank);
      this.#mergedIds[rank] = idOf(vocabulary, left + right.slice(prefix.length), path);
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

function idOf(vocabulary: Vocabulary, token: string, path: string): number {
  const id = vocabulary.tokenToId(token);
  if (id === undefined) {
    throw new TokenizerFormatError(path, "tokens of the vocabulary", `${JSON.stringify(token)}, which it lacks`);
  }
  return id;
}
