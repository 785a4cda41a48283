/** What a loaded dataset is: splits of records that still know their file and line. */

/** One text with its label. */
export interface TextRecord {
  readonly text: string;
  readonly label: string;
  /** File that the record comes from, as errors should name it. */
  readonly file: string;
  /** Line of that file, counted from 1. */
  readonly line: number;
}

/** One text with its counterpart, such as a translation. */
export interface PairRecord {
  readonly source: string;
  readonly target: string;
  readonly file: string;
  readonly line: number;
}

/** A record of either kind; all records of a dataset are of one kind. */
export type DataRecord = TextRecord | PairRecord;

/** The columns that records were read from. */
export type DataColumns =
  | { readonly text: string; readonly label: string }
  | { readonly source: string; readonly target: string };

/** A dataset in memory. */
export interface Dataset {
  /** Name of the card, or of the training file without its extensions. */
  readonly name: string;
  /** Records by split name, in file order: always `train`, `dev`, and mostly `test` and extra ones such as `contrast`. */
  readonly splits: Readonly<Record<string, readonly DataRecord[]>>;
  /** SHA-256 of every file used, by its name in the card or the config; of generated splits by `<name>/<split>`. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly columns: DataColumns;
}

/** Whether a record is a text with a label. */
export function isTextRecord(record: DataRecord): record is TextRecord {
  return "text" in record;
}

/** Whether a record is a pair. */
export function isPairRecord(record: DataRecord): record is PairRecord {
  return "source" in record;
}
