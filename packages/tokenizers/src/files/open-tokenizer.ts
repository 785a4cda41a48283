/** Opens a tokenizer in whatever files it comes: tokenizer.json, SentencePiece, vocab.txt, vocab.json with merges.txt. */
import { TokenizerError, TokenizerFileError, TokenizerNotFoundError } from "../errors.ts";
import { Tokenizer } from "../tokenizer.ts";
import { bertTokenizer } from "./layouts/bert.ts";
import { byteLevelBpeTokenizer } from "./layouts/byte-level-bpe.ts";
import { readSentencePiece } from "./sentencepiece/read-model.ts";

/** The bytes of a file; undefined if there is no file of that path, as when it is a folder. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

export interface TokenizerFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a folder is searched for, the most telling first. */
const KNOWN_NAMES = [
  "tokenizer.json",
  "spiece.model",
  "tokenizer.model",
  "sentencepiece.bpe.model",
  "vocab.json",
  "vocab.txt",
] as const;

const MERGES = "merges.txt";

/**
 * Opens the tokenizer at `path`. Names ending in `.model` are SentencePiece's, `.txt` are vocabularies of BERT,
 * `vocab.json` is GPT-2's, with merges.txt beside it; all others are a tokenizer.json.
 *
 * @param path  of a file, or of a folder that has one of the usual names in it; parts are joined with "/"
 * @param read  from a disk, a server or memory
 * @throws {TokenizerNotFoundError} if there is none
 * @throws {TokenizerFileError} naming the file that is malformed
 */
export async function openTokenizer(path: string, read: ReadFile): Promise<Tokenizer> {
  const files = await findTokenizerFiles(path, read);
  try {
    return tokenizerFrom(files);
  } catch (error) {
    if (error instanceof TokenizerError) throw new TokenizerFileError(files[0].path, error);
    throw error;
  }
}

/**
 * Finds the files that `openTokenizer` reads: one, or vocab.json and merges.txt.
 *
 * @throws {TokenizerNotFoundError} if there are none
 */
export async function findTokenizerFiles(
  path: string,
  read: ReadFile,
): Promise<readonly [TokenizerFile, ...TokenizerFile[]]> {
  const main = (await readOne(path, read)) ?? (await findInFolder(path, read));
  const [, folder = "", name] = /^(.*[\\/])?(.*)$/s.exec(main.path) ?? [];
  if (name !== "vocab.json") return [main];
  const merges = await readOne(`${folder}${MERGES}`, read);
  if (merges === undefined) throw new TokenizerNotFoundError(main.path, `it needs ${MERGES} beside it`);
  return [main, merges];
}

async function findInFolder(folder: string, read: ReadFile): Promise<TokenizerFile> {
  for (const name of KNOWN_NAMES) {
    const file = await readOne(folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`, read);
    if (file !== undefined) return file;
  }
  const looksLikeFile = /\.(json|model|txt)$/.test(folder);
  const searched = `, and the folder has none of ${KNOWN_NAMES.join(", ")}; name the file itself`;
  throw new TokenizerNotFoundError(folder, `there is no such file${looksLikeFile ? "" : searched}`);
}

async function readOne(path: string, read: ReadFile): Promise<TokenizerFile | undefined> {
  const bytes = await read(path);
  return bytes && { path, bytes };
}

function tokenizerFrom([{ path, bytes }, merges]: readonly [TokenizerFile, ...TokenizerFile[]]): Tokenizer {
  if (merges !== undefined) return byteLevelBpeTokenizer({ vocab: decode(bytes), merges: decode(merges.bytes) });
  if (path.endsWith(".model")) return readSentencePiece(bytes);
  return path.endsWith(".txt") ? bertTokenizer(decode(bytes)) : Tokenizer.parse(decode(bytes));
}

/** Keeps a byte order mark, which a vocab.txt must not have. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
