/** Decides which columns are read: the config's word first, then the card's, then the usual names. */
import type { DataConfig } from "../config.ts";
import type { DataColumns } from "../dataset.ts";
import { DataConfigError } from "../errors.ts";

type ColumnKeys = Pick<DataConfig, "textColumn" | "labelColumn" | "sourceColumn" | "targetColumn">;

/**
 * The columns of a dataset with a card.
 *
 * @throws {DataConfigError} if the config names one column of the other kind of record, but not both
 */
export function cardColumns(config: ColumnKeys, card: DataColumns): DataColumns {
  const { textColumn, labelColumn, sourceColumn, targetColumn } = config;
  if ("text" in card) {
    if (sourceColumn === undefined && targetColumn === undefined) {
      return { text: textColumn ?? card.text, label: labelColumn ?? card.label };
    }
    return { source: both("sourceColumn", sourceColumn, "pairs"), target: both("targetColumn", targetColumn, "pairs") };
  }
  if (textColumn === undefined && labelColumn === undefined) {
    return { source: sourceColumn ?? card.source, target: targetColumn ?? card.target };
  }
  return { text: both("textColumn", textColumn, "labels"), label: both("labelColumn", labelColumn, "labels") };
}

/**
 * The columns of an own file.
 *
 * @param available  columns of the file's first row
 * @throws {DataConfigError} if neither the config nor the usual names (text, label; source, target) tell
 */
export function ownColumns(config: ColumnKeys, available: readonly string[], file: string): DataColumns {
  const { textColumn, labelColumn, sourceColumn, targetColumn } = config;
  if (textColumn !== undefined || labelColumn !== undefined) {
    return { text: textColumn ?? "text", label: labelColumn ?? "label" };
  }
  if (sourceColumn !== undefined || targetColumn !== undefined) {
    return { source: sourceColumn ?? "source", target: targetColumn ?? "target" };
  }
  if (available.includes("text") && available.includes("label")) return { text: "text", label: "label" };
  if (available.includes("source") && available.includes("target")) return { source: "source", target: "target" };
  throw new DataConfigError(
    "data",
    `${file} has the columns ${available.join(", ")}; say which to use with textColumn and labelColumn, or sourceColumn and targetColumn`,
  );
}

function both(key: keyof ColumnKeys, column: string | undefined, kind: string): string {
  if (column !== undefined) return column;
  throw new DataConfigError(
    `data.${key}`,
    `missing: this dataset has no ${kind}, so both of its columns must be named`,
  );
}
