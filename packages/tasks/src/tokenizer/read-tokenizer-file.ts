/** Reads a tokenizer from whatever file it comes in: tokenizer.json, SentencePiece, vocab.txt, vocab.json with merges.txt. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  bertTokenizer,
  byteLevelBpeTokenizer,
  readSentencePiece,
  Tokenizer,
  TokenizerError,
} from "@cellstate/tokenizers";
import { TokenizerFileError, TokenizerNotFoundError } from "../errors.ts";

const MERGES = "merges.txt";

/** What a folder is searched for, the most telling first. */
const KNOWN_NAMES = [
  "tokenizer.json",
  "spiece.model",
  "tokenizer.model",
  "sentencepiece.bpe.model",
  "vocab.json",
  "vocab.txt",
] as const;

/**
 * The files that make up the tokenizer at `path`: one, or vocab.json and merges.txt.
 *
 * @param path of a file, or of a folder with a tokenizer under a usual name
 * @throws {TokenizerNotFoundError} if there is none
 */
export async function findTokenizerFiles(path: string): Promise<readonly string[]> {
  const file = (await isFolder(path)) ? await findInFolder(path) : path;
  if (!(await isFile(file))) throw new TokenizerNotFoundError(path, "there is no such file");
  if (basename(file) !== "vocab.json") return [file];
  const merges = join(dirname(file), MERGES);
  if (!(await isFile(merges))) throw new TokenizerNotFoundError(file, `it needs ${MERGES} beside it`);
  return [file, merges];
}

/**
 * The tokenizer in the files that `findTokenizerFiles` found. Names ending in `.model` are SentencePiece's, `.txt` are
 * vocabularies of BERT, all others are a tokenizer.json.
 *
 * @throws {TokenizerFileError} naming the file that is malformed
 */
export async function readTokenizerFiles(files: readonly string[]): Promise<Tokenizer> {
  const [file = "", merges] = files;
  const bytes = await readFile(file);
  try {
    if (merges !== undefined) {
      return byteLevelBpeTokenizer({ vocab: bytes.toString("utf8"), merges: await readFile(merges, "utf8") });
    }
    if (file.endsWith(".model")) return readSentencePiece(bytes);
    return file.endsWith(".txt") ? bertTokenizer(bytes.toString("utf8")) : Tokenizer.parse(bytes.toString("utf8"));
  } catch (error) {
    if (error instanceof TokenizerError) throw new TokenizerFileError(file, error);
    throw error;
  }
}

async function findInFolder(folder: string): Promise<string> {
  for (const name of KNOWN_NAMES) if (await isFile(join(folder, name))) return join(folder, name);
  throw new TokenizerNotFoundError(folder, `the folder has none of ${KNOWN_NAMES.join(", ")}; name the file itself`);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
