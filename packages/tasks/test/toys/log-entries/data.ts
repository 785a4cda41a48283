/** Texts as ids, and batches of ids of which each is to be followed by the next. */
import { padIds } from "@cellstate/lstm-core";
import { BOUNDARY_ID } from "./alphabet.ts";

/** What a language model reads; what it is to give is in the text itself. */
export const languageFields = { text: { kind: "text" } } as const;
export type LanguageFields = typeof languageFields;

export interface TextExample {
  /** Place in its file, from 0. */
  readonly index: number;
  readonly text: string;
  /** Of its characters, without boundaries. */
  readonly ids: readonly number[];
}

/** Rows of ids that are read, and what follows each of them. */
export interface CharacterBatch {
  /** `[rows, steps]`: ids. */
  readonly read: Int32Array;
  /** `[rows, steps]`: ids; -1 after the end of a row, which the loss does not count. */
  readonly next: Int32Array;
  /** `[rows]`: steps of each row. */
  readonly lengths: Int32Array;
  readonly rows: number;
  readonly steps: number;
}

/** Whole texts, each from the boundary before it to the boundary after it. */
export function collateTexts(examples: readonly TextExample[]): CharacterBatch {
  const read = padIds(
    examples.map(({ ids }) => [BOUNDARY_ID, ...ids]),
    BOUNDARY_ID,
  );
  const next = padIds(
    examples.map(({ ids }) => [...ids, BOUNDARY_ID]),
    -1,
  );
  return { read: read.ids, next: next.ids, lengths: read.lengths, rows: read.batchSize, steps: read.seqLen };
}
