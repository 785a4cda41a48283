/** Writes what comes fast in large pieces, and at once what comes alone. */
import { once } from "node:events";
import { printColoured, printResults } from "../terminal/print.ts";

/** Takes a piece of text; its promise is settled when it may take more. */
export type Sink = (text: string) => Promise<unknown>;

/** Characters that are written in one piece. */
const PIECE_LENGTH = 64 * 1024;

/** Standard output, no faster than its reader takes it. */
export const standardOutput: Sink = async (text) => {
  if (!printResults(text)) await once(process.stdout, "drain");
};

/** Standard output for texts that have colours of their own, and in which all else is visible already. */
export const colouredOutput: Sink = async (text) => {
  if (!printColoured(text)) await once(process.stdout, "drain");
};

/** Writes texts as they come, joined as long as the next one comes before the event loop turns. */
export async function writeAll(texts: AsyncIterable<string>, sink: Sink): Promise<void> {
  const writer = new JoiningWriter(sink);
  for await (const text of texts) await writer.write(text);
  await writer.end();
}

class JoiningWriter {
  readonly #sink: Sink;
  #waiting: string[] = [];
  #length = 0;
  #scheduled = false;
  #written: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async write(text: string): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    this.#waiting.push(text);
    this.#length += text.length;
    if (this.#length >= PIECE_LENGTH) {
      this.#flush();
      await this.#written;
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  async end(): Promise<void> {
    this.#flush();
    await this.#written;
    if (this.#failure) throw this.#failure.error;
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const piece = this.#waiting.join("");
    this.#waiting = [];
    this.#length = 0;
    this.#written = this.#written
      .then(() => this.#sink(piece))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }
}
