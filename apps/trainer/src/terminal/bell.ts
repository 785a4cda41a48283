/** A sign that work has ended, for those who look elsewhere. */
import type { ProgressStream } from "./progress.ts";

/** Rings the bell of a terminal, which many show as a notification; does nothing where there is none. */
export function ringBell(stream: ProgressStream = process.stderr): void {
  if (stream.isTTY === true) stream.write("\x07");
}
