/** What happens when standard output or error takes no more: a reader that has left, a full disk, a terminal that is gone. */
import { guardDisk } from "@cellstate/files";
import { reportError } from "./exit.ts";

/** A reader such as `head` may close the pipe early; that is its right. */
const READER_LEFT: ReadonlySet<string | undefined> = new Set(["EPIPE", "ECONNRESET", "ENOTCONN"]);

/**
 * Ends the process quietly with 0 when the reader of standard output has left, and with one message and 1 when what it goes to
 * refuses. Without standard error nobody can be told anything; the work goes on.
 */
export function guardStandardStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(READER_LEFT.has(error.code) ? 0 : reportError(outputError(error)));
  });
  process.stderr.on("error", () => {});
}

function outputError(error: Error): unknown {
  try {
    return guardDisk("standard output", () => {
      throw error;
    });
  } catch (wrapped) {
    return wrapped;
  }
}
