/** Models from files on disk, for Node: the entry `@cellstate/interchange/node`. */
import { readFile, stat } from "node:fs/promises";
import { UnsupportedModelError } from "./errors.ts";
import { type ImportedKeras, type ImportKerasOptions, importKeras } from "./keras/import-keras.ts";
import type { ReadFile } from "./keras/open-keras.ts";

/**
 * Reads the model of Keras at `path`, as `importKeras` does.
 *
 * @throws {ModelFormatError | UnsupportedModelError} as `importKeras`
 */
export async function importKerasFile(path: string, options: ImportKerasOptions = {}): Promise<ImportedKeras> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new UnsupportedModelError(
      path,
      'a folder, such as a SavedModel; save one file, in Python: model.save("model.keras")',
    );
  }
  return importKeras(path, readFileIfThere, options);
}

/** Reads a file; undefined if there is none or the path is a folder. Other errors of the system are thrown. */
const readFileIfThere: ReadFile = async (path) => {
  try {
    return await readFile(path);
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
};

const NO_FILE: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);
