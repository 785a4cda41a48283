/** Opens the tokenizer that an argument names. */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import type { Tokenizer } from "@cellstate/tokenizers";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { callerFolder, fromCaller } from "../../paths.ts";
import { findRun, runPaths } from "../../run/folder.ts";

/**
 * @param name  a file or folder that `readTokenizer` knows, or a run or its model folder
 * @throws {UsageError | RunFolderError | TokenizerNotFoundError} if there is none of that name
 * @throws {TokenizerFileError} if it is malformed
 */
export async function openTokenizer(name: string): Promise<Tokenizer> {
  return readTokenizer(await tokenizerPath(name));
}

async function tokenizerPath(name: string): Promise<string> {
  const path = fromCaller(name);
  if (existsSync(path)) return existsSync(runPaths(path).lock) ? runPaths(path).model : path;
  if (extname(name) !== "") return inputFile(name);
  return findRun(name, callerFolder()).model;
}
