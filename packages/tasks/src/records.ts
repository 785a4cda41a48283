/** Which kind of records a task reads, and the complaint about the other kind. */

import type { PairRecord, TextRecord } from "@cellstate/data";
import { DataConfigError, type DataRecord, type Dataset, isPairRecord, isTextRecord } from "@cellstate/data";

/** Texts with labels. @throws {DataConfigError} if the records are pairs */
export function textRecords(records: readonly DataRecord[], task: string): readonly TextRecord[] {
  if (records.every(isTextRecord)) return records;
  throw new DataConfigError(
    "data",
    `task ${task} needs texts with labels, but these are pairs of source and target; use task translation, or name textColumn and labelColumn`,
  );
}

/** Pairs of texts. @throws {DataConfigError} if the records are labelled texts */
export function pairRecords(records: readonly DataRecord[], task: string): readonly PairRecord[] {
  if (records.every(isPairRecord)) return records;
  throw new DataConfigError(
    "data",
    `task ${task} needs pairs of source and target, but these are texts with labels; use task sentiment or classification, or name sourceColumn and targetColumn`,
  );
}

/** The train split. @throws {DataConfigError} if it is missing or empty */
export function trainRecords(data: Dataset): readonly DataRecord[] {
  const records = data.splits.train ?? [];
  if (records.length > 0) return records;
  throw new DataConfigError("data", `${data.name} has no training examples; add rows to its train split`);
}
