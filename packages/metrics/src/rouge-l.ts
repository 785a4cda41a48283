/** ROUGE-L (Lin 2004): how long a sequence of words two texts have in common, in this order but with gaps. */
import type { TextMetric } from "./metric.ts";

/**
 * The mean over segments of the F1 of common words, a fraction. Words are runs of letters and digits in lower case, so that texts in ASCII score as
 * by rouge-score without stemming. Of several references the best counts. Counts of a segment: its F1, and 1.
 */
export function rougeL(): TextMetric {
  return {
    name: "ROUGE-L",
    direction: "max",
    unit: "fraction",
    signature: (references = 1) => `nrefs:${references}`,
    count(hypothesis, references) {
      const ours = wordsOf(hypothesis);
      return [Math.max(...references.map((reference) => f1(ours, wordsOf(reference)))), 1];
    },
    score: ([sum = 0, segments = 0]) => (segments === 0 ? 0 : sum / segments),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function f1(ours: readonly string[], theirs: readonly string[]): number {
  const common = commonLength(ours, theirs);
  if (common === 0) return 0;
  const [precision, recall] = [common / ours.length, common / theirs.length];
  return (2 * precision * recall) / (precision + recall);
}

/** Of the longest common subsequence. */
function commonLength(ours: readonly string[], theirs: readonly string[]): number {
  let row = new Int32Array(theirs.length + 1);
  for (const word of ours) {
    const next = new Int32Array(row.length);
    for (let column = 1; column < row.length; column++) {
      const isSame = word === theirs[column - 1];
      next[column] = isSame ? row[column - 1]! + 1 : Math.max(row[column]!, next[column - 1]!);
    }
    row = next;
  }
  return row.at(-1)!;
}
