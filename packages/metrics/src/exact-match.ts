/** Exact match: texts that are a reference, to the letter. */
import type { TextMetric } from "./metric.ts";

/**
 * The share of texts that equal one of their references but for white space at both ends, a fraction. Counts of a segment: 1 for a match, and 1.
 *
 * @param lowercase  whether case is ignored
 */
export function exactMatch({ lowercase = false }: { readonly lowercase?: boolean | undefined } = {}): TextMetric {
  const comparable = (text: string) => (lowercase ? text.trim().toLowerCase() : text.trim());
  return {
    name: "exact match",
    direction: "max",
    unit: "fraction",
    signature: (references = 1) => `nrefs:${references}|case:${lowercase ? "lc" : "mixed"}`,
    count: (hypothesis, references) => [
      Number(references.some((reference) => comparable(reference) === comparable(hypothesis))),
      1,
    ],
    score: ([matches = 0, segments = 0]) => (segments === 0 ? 0 : matches / segments),
  };
}
