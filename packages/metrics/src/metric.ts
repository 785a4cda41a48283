/** What a metric of texts is: counts of segments that add up over a corpus, and a score of their sums. */

export interface TextMetric {
  /** As sacreBLEU prints it, such as `BLEU`, `chrF2++` or `TER`. */
  readonly name: string;
  readonly direction: "max" | "min";
  /** What a score is told in: of 100 points, or a fraction. */
  readonly unit: "points" | "fraction";
  /**
   * How a score is made, in sacreBLEU's notation, such as `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0`.
   *
   * @param references  how many each segment has. Default 1
   * @param resamples   of a bootstrap that the score came with
   */
  signature(references?: number, resamples?: Resamples): string;
  /** The counts of one segment, always as many. */
  count(hypothesis: string, references: readonly string[]): readonly number[];
  /** The score of the sums of the counts of all segments. */
  score(sums: readonly number[]): number;
  /** What sacreBLEU prints behind a score; undefined where it prints nothing. */
  details?(sums: readonly number[]): string;
}

/** Resamples of a bootstrap. */
export interface Resamples {
  readonly count: number;
  readonly seed: number;
}

/** The version of sacreBLEU whose numbers these are. */
export const SACREBLEU_VERSION = "2.6.0";

/** A signature of fields in their order; true and false are `yes` and `no`. */
export function signatureOf(
  fields: Readonly<Record<string, string | number | boolean>>,
  references = 1,
  resamples?: Resamples,
): string {
  const all = {
    nrefs: references,
    ...(resamples && { bs: resamples.count, seed: resamples.seed }),
    ...fields,
    version: SACREBLEU_VERSION,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}:${typeof value === "boolean" ? (value ? "yes" : "no") : value}`)
    .join("|");
}

/**
 * Counts of each segment of a corpus.
 *
 * @param references  one list for each segment: its references, at least one
 * @throws {RangeError} unless there are references for each hypothesis
 */
export function countSegments(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): readonly (readonly number[])[] {
  if (hypotheses.length !== references.length) {
    throw new RangeError(
      `${metric.name}: expected references for ${hypotheses.length} segments, got them for ${references.length}`,
    );
  }
  return hypotheses.map((hypothesis, segment) => {
    const own = references[segment]!;
    if (own.length === 0) throw new RangeError(`${metric.name}: expected a reference for segment ${segment}, got none`);
    return metric.count(hypothesis, own);
  });
}

/** Sums of the counts of segments, each as often as `times` says. Default: once. */
export function sumCounts(segments: readonly (readonly number[])[], times?: ArrayLike<number>): number[] {
  const sums = Array.from(segments[0] ?? [], () => 0);
  for (const [segment, counts] of segments.entries()) {
    const factor = times === undefined ? 1 : times[segment]!;
    if (factor === 0) continue;
    for (let at = 0; at < counts.length; at++) sums[at]! += factor * counts[at]!;
  }
  return sums;
}

/**
 * The score of a corpus.
 *
 * @param references  one list for each segment: its references, at least one
 * @throws {RangeError} unless there are references for each hypothesis, and at least one segment
 */
export function scoreCorpus(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): number {
  if (hypotheses.length === 0) throw new RangeError(`${metric.name}: expected at least one segment, got none`);
  return metric.score(sumCounts(countSegments(metric, hypotheses, references)));
}
