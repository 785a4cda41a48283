/** Numbers that describe a dataset: sizes, labels, lengths, repeated texts. */
import { type DataRecord, type Dataset, isTextRecord } from "./dataset.ts";

/** Length in characters (Unicode code points). */
export interface LengthStats {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** What `dataStats` says of a split. */
export interface SplitStats {
  readonly examples: number;
  /** Examples by label, sorted by label; left out for pairs. */
  readonly labels?: Readonly<Record<string, number>>;
  /** Lengths of each field: `text`, or `source` and `target`. */
  readonly characters: Readonly<Record<string, LengthStats>>;
  /** Examples whose text (or source) occurred earlier in the same split. */
  readonly duplicates: number;
  /** Examples whose text (or source) occurs in train; 0 for train. */
  readonly alsoInTrain: number;
}

/** Statistics of every split. */
export function dataStats(dataset: Dataset): Readonly<Record<string, SplitStats>> {
  const train = new Set((dataset.splits.train ?? []).map(inputOf));
  const stats: Record<string, SplitStats> = {};
  for (const [name, records] of Object.entries(dataset.splits)) {
    const inputs = records.map(inputOf);
    stats[name] = {
      examples: records.length,
      ...labelCounts(records),
      characters: lengths(records),
      duplicates: records.length - new Set(inputs).size,
      alsoInTrain: name === "train" ? 0 : inputs.filter((input) => train.has(input)).length,
    };
  }
  return stats;
}

const inputOf = (record: DataRecord) => (isTextRecord(record) ? record.text : record.source);

function labelCounts(records: readonly DataRecord[]): Pick<SplitStats, "labels"> {
  const counts = new Map<string, number>();
  for (const record of records) {
    if (isTextRecord(record)) counts.set(record.label, (counts.get(record.label) ?? 0) + 1);
  }
  if (counts.size === 0) return {};
  return { labels: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function lengths(records: readonly DataRecord[]): Record<string, LengthStats> {
  const result: Record<string, LengthStats> = {};
  for (const field of ["text", "source", "target"] as const) {
    let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0];
    for (const record of records) {
      const value = (record as Partial<Record<typeof field, string>>)[field];
      if (value === undefined) continue;
      let length = 0;
      for (const _ of value) length += 1;
      count += 1;
      sum += length;
      min = Math.min(min, length);
      max = Math.max(max, length);
    }
    if (count > 0) result[field] = { min, mean: sum / count, max };
  }
  return result;
}
