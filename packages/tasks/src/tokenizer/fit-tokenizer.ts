/** The tokenizer of a task: trained on the texts of the train split, or read from the file that the config names. */
import {
  type Encoding,
  MissingSpecialTokenError,
  openTokenizer,
  type ReadFile,
  type SpecialRole,
  type Tokenizer,
  type TokenizerSection,
  trainTokenizerAsync,
} from "@cellstate/tokenizers";
import { TokenizerRoleError } from "../errors.ts";

/** What a task needs of its tokenizer, and where a config says what it is. */
export interface FitTokenizerOptions {
  /** Key path of the section, such as `tokenizer.source`. */
  readonly section: string;
  /** The special tokens that training gives it, in the order of their ids. */
  readonly specialTokens: readonly SpecialRole[];
  /** Those that the task cannot do without, which a file must have. */
  readonly needed: readonly SpecialRole[];
  /** Reads the file that the section names. */
  readonly read: ReadFile;
}

/**
 * @param texts  of the train split; a tokenizer from a file does not look at them
 * @throws {TokenizerNotFoundError | TokenizerFileError} if there is no such file, or it is malformed
 * @throws {TokenizerRoleError} if the file lacks a special token that the task needs
 */
export async function fitTokenizer(
  config: TokenizerSection,
  texts: Iterable<string> | AsyncIterable<string>,
  { section, specialTokens, needed, read }: FitTokenizerOptions,
): Promise<Tokenizer> {
  if (config.kind !== "file") return trainTokenizerAsync(config, texts, { specialTokens });
  const tokenizer = (await openTokenizer(config.file, read)).withSpecialTokens(config.specialTokens);
  const missing = needed.filter((role) => !hasRole(tokenizer, role));
  if (missing.length > 0) throw new TokenizerRoleError(section, config.file, missing);
  return tokenizer;
}

/**
 * A text as models see it: no special tokens around it, and a text that spells one out, such as `<pad>`, does not get
 * it; other added tokens it does. Batches are padded later, and no text is cut, whatever the tokenizer's file says.
 */
export function encodeText(tokenizer: Tokenizer, text: string): Encoding {
  return tokenizer.encode(text, { matchAddedTokens: "ordinary", truncation: null, padding: null });
}

function hasRole(tokenizer: Tokenizer, role: SpecialRole): boolean {
  try {
    return tokenizer[`${role}Id`] >= 0;
  } catch (error) {
    if (error instanceof MissingSpecialTokenError) return false;
    throw error;
  }
}
