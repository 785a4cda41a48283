/** Counts of n-grams. */

export type NgramCounts = ReadonlyMap<string, number>;

/** N-grams of tokens that hold no white space, joined by spaces. */
export function countNgrams(tokens: readonly string[], order: number): Map<string, number> {
  return countRuns(tokens, order, " ");
}

/** N-grams of characters. */
export function countCharacters(characters: readonly string[], order: number): Map<string, number> {
  return countRuns(characters, order, "");
}

function countRuns(units: readonly string[], order: number, separator: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= units.length; start++) {
    const ngram = units.slice(start, start + order).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams two counts have in common. */
export function commonCount(ours: NgramCounts, theirs: NgramCounts): number {
  let sum = 0;
  for (const [ngram, count] of ours) sum += Math.min(count, theirs.get(ngram) ?? 0);
  return sum;
}

/** The larger of the counts of each n-gram. */
export function mostOfEach(counts: readonly NgramCounts[]): NgramCounts {
  if (counts.length === 1) return counts[0]!;
  const most = new Map<string, number>();
  for (const own of counts) for (const [ngram, count] of own) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
  return most;
}
