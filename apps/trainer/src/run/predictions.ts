/** `predictions/<split>.jsonl` and what `predict` prints: one JSON object a line. */
import { join } from "node:path";
import { guardDiskAsync, writeAside } from "@cellstate/files";
import type { ConfusionSection, PredictionLine } from "@cellstate/tasks";
import { confusionCsv } from "../report/confusion.ts";
import { jsonLine } from "../terminal/json-line.ts";

/** What a run may keep of its predictions. */
export const SAVED_PREDICTIONS = ["full", "withoutInputs", "none"] as const;
export type SavedPredictions = (typeof SAVED_PREDICTIONS)[number];

/** Characters that are written in one piece. */
const PIECE_LENGTH = 1 << 20;

export function formatLine(line: PredictionLine): string {
  return jsonLine(line);
}

export interface PredictionsOptions {
  readonly kept: SavedPredictions;
  /** Keys of a line that repeat what the model read. */
  readonly inputs: readonly string[];
}

/** @throws {DiskError} if the disk refuses */
export async function writePredictions(
  folder: string,
  split: string,
  lines: Iterable<PredictionLine>,
  { kept, inputs }: PredictionsOptions,
): Promise<void> {
  if (kept === "none") return;
  const shown = kept === "full" ? lines : map(lines, (line) => without(line, inputs));
  await writeLines(join(folder, `${split}.jsonl`), map(shown, formatLine));
}

function without(line: PredictionLine, keys: readonly string[]): PredictionLine {
  return Object.fromEntries(Object.entries(line).filter(([key]) => !keys.includes(key)));
}

/** Writes all counts of a confusion that the report shows a part of; returns the file's name within the run. */
export async function writeConfusion(folder: string, split: string, section: ConfusionSection): Promise<string> {
  const name = `${split}.confusion.csv`;
  await writeLines(join(folder, name), confusionCsv(section));
  return `predictions/${name}`;
}

function* map<In, Out>(items: Iterable<In>, change: (item: In) => Out): Generator<Out, void, undefined> {
  for (const item of items) yield change(item);
}

/** Writes lines piece by piece: all of a large split are more than one string can hold. */
async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  await guardDiskAsync(path, () =>
    writeAside(path, async (file) => {
      let piece = "";
      for (const line of lines) {
        piece += line;
        if (piece.length < PIECE_LENGTH) continue;
        await file.writeFile(piece);
        piece = "";
      }
      await file.writeFile(piece);
    }),
  );
}
