/** Reads the files that a config names, such as a tokenizer, and keeps the hash of each for the lock. */
import { sha256 } from "@cellstate/files";
import type { ReadFile } from "@cellstate/tokenizers";
import { readFileIfThere } from "@cellstate/tokenizers/node";

export interface SourceReader {
  readonly read: ReadFile;
  /** SHA-256 of each file that was there, by its path. */
  hashes(): Readonly<Record<string, string>>;
}

export function createSourceReader(): SourceReader {
  const hashes = new Map<string, string>();
  return {
    async read(path) {
      const bytes = await readFileIfThere(path);
      if (bytes !== undefined) hashes.set(path, sha256(bytes));
      return bytes;
    },
    hashes: () => Object.fromEntries(hashes),
  };
}
