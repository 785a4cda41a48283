/** Opens a tokenizer in whatever files it comes: tokenizer.json, SentencePiece, vocab.txt, vocab.json with merges.txt, Keras. */
import { ForeignFileError, TokenizerError, TokenizerFileError, TokenizerNotFoundError } from "../errors.ts";
import { Tokenizer } from "../tokenizer.ts";
import { isKerasTokenizer, nameForeignBytes } from "./foreign-files.ts";
import { bertTokenizer } from "./layouts/bert.ts";
import { byteLevelBpeTokenizer } from "./layouts/byte-level-bpe.ts";
import { kerasTokenizer } from "./layouts/keras.ts";
import {
  isTextVectorizationVocabulary,
  textVectorizationLines,
  textVectorizationTokenizer,
} from "./layouts/text-vectorization.ts";
import { readSentencePiece } from "./sentencepiece/read-model.ts";
import { parseTokenizerJson } from "./tokenizer-json/parse.ts";

/** Gives the bytes of a file; undefined if no file has that path, also if a folder has. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

export interface TokenizerFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The names that a folder is searched for; the first that is there counts. */
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
 * Opens the tokenizer at `path`. A name that ends in `.model` is a SentencePiece model, one in `.txt` BERT's vocabulary,
 * `vocab.json` GPT-2's vocabulary with merges.txt beside it, and any other a tokenizer.json, or one of Keras. The vocabulary of a
 * TextVectorization layer, as text or as a JSON list, is known by how it begins.
 *
 * @param path  a file, or a folder with a file of one of the usual names; joined with "/"
 * @param read  reads a file, from disk, a server or memory
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
  const foreign = nameForeignBytes(path, bytes);
  if (foreign !== undefined) throw new ForeignFileError(foreign);
  if (merges !== undefined) return byteLevelBpeTokenizer({ vocab: decode(bytes), merges: decode(merges.bytes) });
  if (path.endsWith(".model")) return readSentencePiece(bytes);
  return path.endsWith(".txt") ? tokenizerFromLines(decode(bytes)) : tokenizerFromJson(bytes);
}

/** BERT's vocabulary, or that of Keras's TextVectorization, whose first line is empty. */
function tokenizerFromLines(text: string): Tokenizer {
  const vocabulary = textVectorizationLines(text);
  return vocabulary === undefined ? bertTokenizer(text) : textVectorizationTokenizer({ vocabulary });
}

/** A tokenizer.json, Keras's, which `json.dump` writes as a JSON string, or a list of words as TextVectorization gives it. */
function tokenizerFromJson(bytes: Uint8Array): Tokenizer {
  const document = parseTokenizerJson(bytes);
  if (isTextVectorizationVocabulary(document)) return textVectorizationTokenizer({ vocabulary: document });
  const isText = typeof document === "string" && document.trimStart().startsWith("{");
  return isText || isKerasTokenizer(document) ? kerasTokenizer(decode(bytes)) : Tokenizer.fromJson(document);
}

/** Keeps a byte order mark: a vocab.txt with one is refused. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
