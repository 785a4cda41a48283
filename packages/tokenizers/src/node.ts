/** Tokenizers from files on disk, for Node: the entry `@cellstate/tokenizers/node`. */
import { readFile } from "node:fs/promises";
import { openTokenizer, type ReadFile } from "./files/open-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Reads the tokenizer at `path`, as `openTokenizer` does.
 *
 * @param path  of a file, or of a folder that has one of the usual names in it
 * @throws {TokenizerNotFoundError} if there is none
 * @throws {TokenizerFileError} naming the file that is malformed
 */
export function readTokenizer(path: string): Promise<Tokenizer> {
  return openTokenizer(path, readFileIfThere);
}

/** The bytes of a file; undefined if nothing of that path exists, or a folder does. Other faults of the system are thrown. */
export const readFileIfThere: ReadFile = async (path) => {
  try {
    return await readFile(path);
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
};

const NO_FILE: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);
