/** Numbers that describe a dataset: sizes, categories, lengths, repeated inputs. */
import { type Fields, inputRoles } from "./fields.ts";
import type { DataRecord, Records } from "./record.ts";

/** Smallest, mean and largest. */
export interface LengthStats {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** What `dataStats` says of a split. */
export interface SplitStats {
  readonly examples: number;
  /** For each category, how often each name occurs, sorted by name. */
  readonly categories: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Lengths of each other field: characters (Unicode code points) of a text, else items or bytes; a number by its value. */
  readonly lengths: Readonly<Record<string, LengthStats>>;
  /** Examples whose inputs occurred earlier in the same split. */
  readonly duplicates: number;
  /** Examples whose inputs occur in train; 0 for train. */
  readonly alsoInTrain: number;
}

/** Statistics of every split. */
export async function dataStats<All extends Fields>(
  splits: Readonly<Record<string, Records<All>>>,
  fields: All,
): Promise<Readonly<Record<string, SplitStats>>> {
  const inputs = inputRoles(fields);
  const inTrain = new Set<string>();
  for await (const record of splits.train ?? []) inTrain.add(inputOf(record, inputs));
  const stats: Record<string, SplitStats> = {};
  for (const [name, records] of Object.entries(splits)) stats[name] = await splitStats(name, records, fields, inTrain);
  return stats;
}

async function splitStats<All extends Fields>(
  split: string,
  records: Records<All>,
  fields: All,
  inTrain: ReadonlySet<string>,
): Promise<SplitStats> {
  const roles = inputRoles(fields);
  const seen = new Set<string>();
  const counts = new Map<string, Map<string, number>>();
  const lengths = new Map<string, LengthSum>();
  let examples = 0;
  let alsoInTrain = 0;
  for await (const record of records) {
    examples += 1;
    const input = inputOf(record, roles);
    seen.add(input);
    if (split !== "train" && inTrain.has(input)) alsoInTrain += 1;
    for (const [role, { kind }] of Object.entries(fields)) {
      const value: unknown = record.values[role];
      if (value === undefined) continue;
      if (kind === "category") countName(counts, role, String(value));
      else addLength(lengths, role, lengthOf(value));
    }
  }
  return {
    examples,
    categories: Object.fromEntries([...counts].map(([role, names]) => [role, sorted(names)])),
    lengths: Object.fromEntries(
      [...lengths].map(([role, { count, sum, min, max }]) => [role, { min, mean: sum / count, max }]),
    ),
    duplicates: examples - seen.size,
    alsoInTrain,
  };
}

interface LengthSum {
  count: number;
  sum: number;
  min: number;
  max: number;
}

function inputOf<All extends Fields>({ values }: DataRecord<All>, roles: readonly string[]): string {
  const [only] = roles;
  const value: unknown = only === undefined ? undefined : values[only];
  if (roles.length === 1 && typeof value === "string") return value;
  return JSON.stringify(roles.map((role) => values[role]));
}

function countName(counts: Map<string, Map<string, number>>, role: string, name: string): void {
  const names = counts.get(role) ?? new Map<string, number>();
  names.set(name, (names.get(name) ?? 0) + 1);
  counts.set(role, names);
}

function sorted(names: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addLength(lengths: Map<string, LengthSum>, role: string, length: number): void {
  const { count, sum, min, max } = lengths.get(role) ?? {
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
  lengths.set(role, { count: count + 1, sum: sum + length, min: Math.min(min, length), max: Math.max(max, length) });
}

function lengthOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return (value as ArrayLike<unknown>).length;
  let length = 0;
  for (const _ of value) length += 1;
  return length;
}
