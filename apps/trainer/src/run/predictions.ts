/** `predictions/<split>.jsonl` and what `predict` prints: one JSON object a line. */
import { join } from "node:path";
import { writeFileAtomic } from "@cellstate/files";
import type { PredictionLine } from "@cellstate/tasks";

export function formatLine(line: PredictionLine): string {
  return `${JSON.stringify(line)}\n`;
}

export function writePredictions(folder: string, split: string, lines: Iterable<PredictionLine>): void {
  writeFileAtomic(join(folder, `${split}.jsonl`), Array.from(lines, formatLine).join(""));
}
