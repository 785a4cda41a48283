/** What a `data` section comes to before anything is read: the files of each split, the columns, and what train is divided into. */
import type { Columns } from "../../record.ts";
import type { Labels } from "./record-of.ts";
import type { SplitSource } from "./split-source.ts";

/** Everything that the records of a dataset are read from. */
export interface Sources {
  readonly name: string;
  readonly columns: Columns;
  readonly labels: Labels | undefined;
  /** Files by split; always with `train`. */
  readonly splits: ReadonlyMap<string, SplitSource>;
  readonly hashes: Readonly<Record<string, string>>;
  /** Parts of train, by split name, in the order of `divide`. */
  readonly heldOut: readonly HeldOut[];
  /** How they are chosen unless the config says it. */
  readonly heldOutFrom: "random" | "end";
}

export interface HeldOut {
  readonly split: string;
  readonly fraction: number;
}
