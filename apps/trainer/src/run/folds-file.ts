/** `folds.json`: the runs of one experiment that each leave out another part of the training examples. */
import { join } from "node:path";
import { z } from "zod";
import { FOLDS_FILE } from "./folder.ts";
import { FORMAT_VERSION, readVersioned } from "./versioned.ts";

/** What {@link FOLDS_FILE} says. */
export interface FoldsFile {
  readonly formatVersion: 1;
  readonly name: string;
  readonly seed: number;
  readonly folds: number;
  /** Run folders beside this file, in the order of the folds. */
  readonly runs: readonly string[];
}

const foldsFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  name: z.string(),
  seed: z.int().min(0),
  folds: z.int().min(2),
  runs: z.array(z.string().regex(/^fold-\d+$/, "must be the name of a run folder beside this file")).min(2),
});

/** @throws {RunFileError} if the file is damaged or newer than this code */
export function readFoldsFile(folder: string): FoldsFile {
  return readVersioned<FoldsFile>(join(folder, FOLDS_FILE), foldsFile);
}
