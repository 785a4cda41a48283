/** The folder of a saved model, written from files by name and read back as such. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, writeFileAtomic } from "@cellstate/files";
import { type FileContents, MODEL_CONFIG_FILE, WEIGHTS_FILE } from "@cellstate/tasks";
import { RunFolderError } from "../errors.ts";

/** What `result.json` says of the weights. */
export interface SavedWeights {
  readonly modelBytes: number;
  readonly weightsSha256: string;
}

/** Writes a model's folder; the config comes last, so a folder with a config is whole. */
export function writeModelFolder(folder: string, files: FileContents): SavedWeights {
  for (const [name, bytes] of files) writeFileAtomic(join(folder, name), bytes);
  const weights = files.get(WEIGHTS_FILE) ?? new Uint8Array();
  return { modelBytes: weights.length, weightsSha256: sha256(weights) };
}

/** The files of a saved model. @throws {RunFolderError} if the folder holds no whole model */
export function readModelFolder(folder: string): FileContents {
  for (const name of [MODEL_CONFIG_FILE, WEIGHTS_FILE]) {
    if (!existsSync(join(folder, name))) {
      throw new RunFolderError(
        `${folder} holds no saved model: ${name} is missing; a run saves its model when it is finished ` +
          "(cellstate train --resume goes on with an interrupted one)",
      );
    }
  }
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") || name === WEIGHTS_FILE);
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}
