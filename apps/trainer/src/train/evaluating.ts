/** How an evaluation shows how far it is. */
import type { Encoded, EvaluateOptions } from "@cellstate/tasks";
import { formatWhole } from "../terminal/format.ts";
import type { Progress } from "../terminal/progress.ts";

/** Begins the phase, and counts its examples from now on. */
export function evaluating(split: string, { length }: Pick<Encoded, "length">, progress: Progress): EvaluateOptions {
  const text = `evaluating on ${split}`;
  progress.phase(text);
  return { onProgress: (done) => progress.tick(() => `${text}  ${formatWhole(done)}/${formatWhole(length)} examples`) };
}
