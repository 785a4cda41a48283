/** The best path of a chain (Viterbi 1967), and the n best ones, for which the n best ways to each tag are kept at each step. */

/** Numbers of one row's chain. */
export interface RowScores {
  /** `[length * tags]` */
  readonly emissions: ArrayLike<number>;
  /** At least 1. */
  readonly length: number;
  /** `[tags * tags]`, by tag and the tag after it. */
  readonly transitions: ArrayLike<number>;
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
}

export interface TagPath {
  readonly tags: readonly number[];
  /** Sum of the scores of all parts. */
  readonly score: number;
}

/** At most `count` paths, best first; among equals those whose tags are lower, from the last step on. */
export function bestPaths(row: RowScores, count: number): TagPath[] {
  const { emissions, length, transitions, start, end } = row;
  const tags = start.length;
  const slots = tags * count; // ways to a tag lie side by side, best first; missing ones score -Infinity
  const incoming = Float64Array.from(transitions, (_, place) => {
    return transitions[(place % tags) * tags + Math.floor(place / tags)]!; // by tag and the tag before it
  });
  const steps = Array.from({ length }, () => ({ scores: emptyScores(slots), origins: new Int32Array(slots) }));
  for (let tag = 0; tag < tags; tag++) steps[0]!.scores[tag * count] = start[tag]! + emissions[tag]!;
  for (let time = 1; time < length; time++) {
    const before = steps[time - 1]!.scores;
    const { scores, origins } = steps[time]!;
    for (let tag = 0; tag < tags; tag++) {
      const first = tag * count;
      keepBest(before, count, incoming.subarray(tag * tags, (tag + 1) * tags), scores, origins, first);
      for (let slot = first; slot < first + count; slot++) scores[slot]! += emissions[time * tags + tag]!;
    }
  }
  const scores = emptyScores(count);
  const origins = new Int32Array(count);
  keepBest(steps.at(-1)!.scores, count, Float64Array.from(end), scores, origins, 0);
  return Array.from(scores)
    .map((score, rank) => ({ score, tags: tagsBefore(steps, origins[rank]!, count) }))
    .filter(({ score }) => score > Number.NEGATIVE_INFINITY);
}

const emptyScores = (slots: number): Float64Array => new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);

/**
 * Writes the `count` best ways on from all ways `before`, to which their tags add `moves`, with the slots that they come from, into slots
 * from `first` on.
 */
function keepBest(
  before: Float64Array,
  count: number,
  moves: Float64Array,
  scores: Float64Array,
  origins: Int32Array,
  first: number,
): void {
  const last = first + count - 1;
  for (let tag = 0; tag * count < before.length; tag++) {
    const more = moves[tag]!;
    for (let origin = tag * count; origin < (tag + 1) * count; origin++) {
      const score = before[origin]! + more;
      if (!(score > scores[last]!)) break; // and the tag's other ways are no better
      let slot = last;
      for (; slot > first && scores[slot - 1]! < score; slot--) {
        scores[slot] = scores[slot - 1]!;
        origins[slot] = origins[slot - 1]!;
      }
      scores[slot] = score;
      origins[slot] = origin;
    }
  }
}

/** Tags of the path that goes through `slot` at the last step. */
function tagsBefore(steps: readonly { readonly origins: Int32Array }[], slot: number, count: number): number[] {
  const tags: number[] = [];
  let at = slot;
  for (const { origins } of steps.toReversed()) {
    tags.push(Math.floor(at / count));
    at = origins[at]!;
  }
  return tags.reverse();
}
