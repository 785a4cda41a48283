/** `predictions/<split>.jsonl` and what `predict` prints: one JSON object a line. */
import { join } from "node:path";
import { writeFileAtomic } from "@cellstate/files";

export type PredictionLine = Readonly<Record<string, unknown>>;

export function formatLines(lines: readonly PredictionLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

export function writePredictions(folder: string, split: string, lines: readonly PredictionLine[]): void {
  writeFileAtomic(join(folder, `${split}.jsonl`), formatLines(lines));
}
