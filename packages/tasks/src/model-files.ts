/** Reading the text files of a saved model back. */
import { Tokenizer, TokenizerFormatError, type TokenizerSection } from "@cellstate/tokenizers";
import { ModelFilesError } from "./errors.ts";
import type { ModelFiles } from "./task.ts";

/** The contents of a file that must be there. @throws {ModelFilesError} if it is not */
export function requireFile(files: ModelFiles, file: string): string {
  const contents = files.get(file);
  if (contents === undefined) {
    throw new ModelFilesError(file, "missing; copy the whole model folder, or train the model again");
  }
  return contents;
}

/**
 * The tokenizer in a file.
 *
 * @param config of the run, which knows what its special tokens are called
 * @throws {ModelFilesError} if it is missing or malformed
 */
export function readTokenizer(files: ModelFiles, file: string, { specialTokens }: TokenizerSection): Tokenizer {
  try {
    return Tokenizer.parse(requireFile(files, file), { specialTokens });
  } catch (error) {
    if (!(error instanceof TokenizerFormatError)) throw error;
    throw new ModelFilesError(file, error.message, { cause: error });
  }
}
