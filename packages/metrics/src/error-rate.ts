/** Word and character error rates: edits a word, or a character, of the reference (Levenshtein 1966). */
import type { TextMetric } from "./metric.ts";
import { splitAtSpace } from "./words.ts";

/**
 * WER, a fraction: 0 is best, and more than 1 is possible. Words are cut at white space, and case counts. Of several references that counts which needs
 * the fewest edits a word. Counts of a segment: edits, words of the reference.
 */
export function wordErrorRate(): TextMetric {
  return errorRate("WER", splitAtSpace);
}

/** CER, a fraction: the same of characters, white space at both ends left out. */
export function characterErrorRate(): TextMetric {
  return errorRate("CER", (text) => [...text.trim()]);
}

function errorRate(name: string, unitsOf: (text: string) => readonly string[]): TextMetric {
  const score = ([edits = 0, length = 0]: readonly number[]) => (length > 0 ? edits / length : Math.min(edits, 1));
  return {
    name,
    direction: "min",
    unit: "fraction",
    signature: (references = 1) => `nrefs:${references}`,
    count(hypothesis, references) {
      const ours = unitsOf(hypothesis);
      const counted = references.map(unitsOf).map((theirs) => [editDistance(ours, theirs), theirs.length]);
      return counted.reduce((best, next) => (score(next) < score(best) ? next : best));
    },
    score,
  };
}

/** The fewest insertions, deletions and substitutions that make one sequence the other. */
export function editDistance(ours: readonly string[], theirs: readonly string[]): number {
  let row = Int32Array.from({ length: theirs.length + 1 }, (_, column) => column);
  for (const [index, unit] of ours.entries()) {
    const next = new Int32Array(row.length);
    next[0] = index + 1;
    for (let column = 1; column < row.length; column++) {
      const substituted = row[column - 1]! + (unit === theirs[column - 1] ? 0 : 1);
      next[column] = Math.min(substituted, row[column]! + 1, next[column - 1]! + 1);
    }
    row = next;
  }
  return row.at(-1)!;
}
