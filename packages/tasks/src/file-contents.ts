/** Reading and writing the small files of a saved model. */
import { Tokenizer, TokenizerFormatError, type TokenizerSection } from "@cellstate/tokenizers";
import type { z } from "zod";
import { ModelFilesError } from "./errors.ts";
import { schemaFault } from "./schema-fault.ts";
import type { FileContents } from "./task.ts";
import { parseVersioned } from "./versioned.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The bytes of a text file. */
export function encodeFile(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A value as a file of indented JSON. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** The bytes of a file that must be there. @throws {ModelFilesError} if it is not */
export function requireFile(files: FileContents, file: string): Uint8Array {
  const bytes = files.get(file);
  if (bytes !== undefined) return bytes;
  throw new ModelFilesError(file, "missing; copy the whole model folder, or train the model again");
}

/** The text of a file that must be there. @throws {ModelFilesError} if it is not, or is not UTF-8 */
export function requireText(files: FileContents, file: string): string {
  const bytes = requireFile(files, file);
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new ModelFilesError(file, "not valid UTF-8; the file is damaged", { cause: error });
  }
}

/**
 * The value in a JSON file with a `formatVersion`.
 *
 * @param newest  the newest version that the caller reads
 * @throws {ModelFilesError} if the file is missing, malformed, newer, or does not fit the schema
 */
export function readJson<Value>(files: FileContents, file: string, schema: z.ZodType<Value>, newest: number): Value {
  const { value, fault } = parseVersioned(requireText(files, file), newest);
  if (fault !== undefined) throw new ModelFilesError(file, fault);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ModelFilesError(file, schemaFault(result.error));
}

/**
 * The tokenizer in a file.
 *
 * @param section  of the config, which knows what its special tokens are called
 * @throws {ModelFilesError} if it is missing or malformed
 */
export function loadTokenizer(files: FileContents, file: string, { specialTokens }: TokenizerSection): Tokenizer {
  try {
    return Tokenizer.parse(requireText(files, file), { specialTokens });
  } catch (error) {
    if (!(error instanceof TokenizerFormatError)) throw error;
    throw new ModelFilesError(file, error.message, { cause: error });
  }
}
