/** The option `--output` of every command that has one: checked before the work begins, written the same way by all. */
import type { OutputSink } from "@cellstate/files";
import { UsageError } from "../errors.ts";
import { fromCaller } from "../paths.ts";

/** @throws {UsageError} if the path can never be written; said before the work, not after it */
export async function checkOutputOption(output: string): Promise<void> {
  const { checkOutput, DiskError } = await import("@cellstate/files");
  try {
    checkOutput(fromCaller(output));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const { code, message } = error.fault;
    const advice = code === "EISDIR" ? "is a folder; give the name of a file in it" : `${message} (${code})`;
    throw new UsageError(`--output ${output}: ${advice}`, { cause: error });
  }
}

/**
 * Writes the file, pipe or device that the option names.
 *
 * @throws {DiskError} if the system refuses; a file that was there before is whole
 */
export async function writeOutputOption(output: string, write: (sink: OutputSink) => Promise<void>): Promise<void> {
  const { writeOutput } = await import("@cellstate/files");
  await writeOutput(fromCaller(output), write);
}
