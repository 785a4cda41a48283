/** SHA-256 of files and texts, in hexadecimal. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readError } from "../readers/bytes.ts";

/**
 * SHA-256 of a file's bytes, streamed.
 *
 * @throws {DataFileError} if the file cannot be read
 */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  } catch (error) {
    throw readError(path, error);
  }
  return hash.digest("hex");
}

/** SHA-256 of a text's UTF-8 bytes. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
