/** What a loaded dataset is: splits of records that still know their file and line. */
import type { Fields, ValuesOf } from "./fields.ts";

/** One example as it was read. */
export interface DataRecord<All extends Fields = Fields> {
  /** Its values by role. */
  readonly values: ValuesOf<All>;
  /** File that it comes from, as errors should name it. */
  readonly file: string;
  /** Line of that file where it starts, counted from 1. */
  readonly line: number;
}

/** Records in file order, which can be walked again and again: a list in memory, or files that are read anew each time. */
export type Records<All extends Fields = Fields> = readonly DataRecord<All>[] | AsyncIterable<DataRecord<All>>;

/** One column, or several whose texts are joined by blanks, such as a title and a description. */
export type ColumnNames = string | readonly string[];

/** The column, or the columns, of each role. */
export type Columns = Readonly<Record<string, ColumnNames>>;

/** A dataset. */
export interface Dataset<All extends Fields = Fields> {
  /** Name of the card, or of the training file without its extensions. */
  readonly name: string;
  /** What is trained on; it may lie on disk. */
  readonly train: Records<All>;
  /** What is scored, by split: always `dev`, mostly `test`, then extra ones such as `contrast`. */
  readonly evaluated: Readonly<Record<string, readonly DataRecord<All>[]>>;
  /** SHA-256 of every file used, by its name in the card or the config; of generated splits by `<name>/<split>`. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly columns: Columns;
  /** Label in the file to label name, where the card has such a list. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Training examples to shuffle together in memory; undefined where train is in memory as a whole. */
  readonly shuffleBuffer?: number | undefined;
}
