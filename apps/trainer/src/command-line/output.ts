/** Writes to standard output piece by piece, no faster than the reader takes it. */
import { once } from "node:events";

export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}
