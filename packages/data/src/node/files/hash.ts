/** SHA-256 of data files, with errors that name the file as the readers' errors do. */
import { hashFile as hash } from "@cellstate/files";
import { readError } from "../readers/bytes.ts";

/**
 * SHA-256 of a file's bytes, streamed.
 *
 * @throws {DataFileError} if the file cannot be read
 */
export async function hashFile(path: string): Promise<string> {
  return hash(path).catch((error: unknown) => {
    throw readError(path, error);
  });
}
