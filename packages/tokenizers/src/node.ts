/** Tokenizers from files on disk, for Node: the entry `@cellstate/tokenizers/node`. */
import { readFile } from "node:fs/promises";
import { openTokenizer, type ReadFile } from "./files/open-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Reads the tokenizer at `path`, as `openTokenizer` does.
 *
 * @param path  a file, or a folder with a file of one of the usual names
 * @throws {TokenizerNotFoundError} if there is none
 * @throws {TokenizerFileError} naming the file that is malformed
 */
export function readTokenizer(path: string): Promise<Tokenizer> {
  return openTokenizer(path, readFileIfThere);
}

/** Reads a file; undefined if there is none or the path is a folder. Other errors of the system are thrown. */
export const readFileIfThere: ReadFile = async (path) => {
  try {
    return await readFile(path);
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
};

const NO_FILE: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);
