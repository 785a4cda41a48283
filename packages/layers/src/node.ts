/** Models in folders: what `@cellstate/layers` leaves to a file system. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "@cellstate/files";
import { DataError } from "./errors.ts";
import { loadModel } from "./model/load-model.ts";
import type { BuildOptions, Model } from "./model/model.ts";

/**
 * Writes a model into a folder, which is made where it is missing; each file is whole or absent.
 *
 * @returns the paths of its files
 */
export async function saveModel(model: Model<never> | Model<unknown>, folder: string): Promise<string[]> {
  const files = await model.save();
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    writeFileAtomic(path, bytes);
    paths.push(path);
  }
  return paths;
}

/** Opens a model that `saveModel` wrote. @throws {DataError} if the folder holds none, or a file is damaged */
export async function openModel(folder: string, options: BuildOptions = {}): Promise<Model<unknown>> {
  const files = new Map<string, Uint8Array>();
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => {
    throw new DataError(`openModel: cannot read the folder ${folder}: ${error.message}`);
  });
  for (const entry of entries) if (entry.isFile()) files.set(entry.name, await readFile(join(folder, entry.name)));
  return loadModel(files, options);
}
