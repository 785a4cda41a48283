/** The records before a split: what the first forecasts of a series look back on. */
import type { DataRecord, Dataset, Records } from "@cellstate/data";

/** Those of train and of the splits before this one, in their order; undefined where train is not known. */
export function earlierThan(
  split: string,
  { train, evaluated }: Pick<Dataset, "evaluated"> & Partial<Pick<Dataset, "train">>,
): Records | undefined {
  if (train === undefined) return undefined;
  const names = Object.keys(evaluated);
  const before = names.slice(0, names.indexOf(split)).map((name) => evaluated[name] as Records);
  return { [Symbol.asyncIterator]: () => walk([train, ...before]) };
}

async function* walk(splits: readonly Records[]): AsyncGenerator<DataRecord, void, undefined> {
  for (const records of splits) yield* records;
}
