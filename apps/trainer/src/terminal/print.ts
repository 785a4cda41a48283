/** The way to standard output and standard error: nothing else writes there, so no control character goes past it unseen. */
import { showControls } from "./visible.ts";

/** Writes text for people to standard output. */
export function print(text: string): void {
  process.stdout.write(showControls(text));
}

/**
 * Writes text for people to standard output that has colours of its own, and in which all else is visible already.
 *
 * @returns as `printResults`
 */
export function printColoured(text: string): boolean {
  return process.stdout.write(text);
}

/** Writes a message to standard error. */
export function printMessage(text: string): void {
  process.stderr.write(showControls(text));
}

/** Writes one JSON document to standard output. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/**
 * Writes results to standard output: exactly as they are into files and pipes, with control characters shown on a terminal.
 *
 * @returns false where the reader is slower, as `write` of a stream does
 */
export function printResults(text: string): boolean {
  return process.stdout.write(process.stdout.isTTY === true ? showControls(text) : text);
}
