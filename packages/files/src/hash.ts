/** SHA-256 in hexadecimal, small letters. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of the parts, one after the other; texts count as UTF-8. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** SHA-256 of a text's UTF-8 bytes. */
export function hashText(text: string): string {
  return sha256(text);
}

/**
 * SHA-256 of a file's bytes, streamed.
 *
 * @throws {Error} of the system if the file cannot be read
 */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}
