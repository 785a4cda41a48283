/**
 * `metrics.jsonl`: one line for each logged step, evaluation and epoch; cut back to the checkpoint on resume. `metrics.csv`, where a config
 * asks for it, has the same as rows.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { guardDisk, writeFileAtomic } from "@cellstate/files";
import { type CsvEvent, csvHeader, csvRow } from "@cellstate/training";
import { z } from "zod";

/** A line of the log; every kind has `step`. Rates are fractions, losses in nats, times in seconds. */
export type MetricsLine = { readonly kind: "step" | "evaluate" | "epoch"; readonly step: number } & Readonly<
  Record<string, unknown>
>;

/** Where the rows go, and the metrics that have a column. */
interface CsvFile {
  readonly path: string;
  readonly metrics: readonly string[];
}

/** An open log; lines go to the system at once. */
export class MetricsLog {
  readonly #lines: AppendedFile;
  readonly #rows: AppendedFile | undefined;
  readonly #metrics: readonly string[];

  /** @param csv  made anew of the lines that there are. Default: no rows are written */
  constructor(path: string, csv?: CsvFile) {
    this.#metrics = csv?.metrics ?? [];
    if (csv !== undefined) {
      const rows = readMetrics(path).map((line) => this.#row(line));
      writeFileAtomic(csv.path, csvHeader(this.#metrics) + rows.join(""));
    }
    this.#lines = new AppendedFile(path);
    this.#rows = csv && new AppendedFile(csv.path);
  }

  append(line: MetricsLine): void {
    this.#lines.append(`${JSON.stringify(line)}\n`);
    this.#rows?.append(this.#row(line));
  }

  close(): void {
    this.#lines.close();
    this.#rows?.close();
  }

  #row(line: MetricsLine): string {
    return csvRow(line as unknown as CsvEvent, this.#metrics);
  }
}

/** A file that grows. */
class AppendedFile {
  readonly #path: string;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#file = guardDisk(path, () => openSync(path, "a"));
  }

  append(text: string): void {
    const file = this.#file;
    if (file === undefined) throw new Error(`internal: ${this.#path} is closed`);
    guardDisk(this.#path, () => writeSync(file, text));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/**
 * Drops the lines past `step` and what is no line; returns the numbers of damaged lines.
 *
 * @param isUnscored  whether an evaluation at that very step is no part of the state that goes on. Default false
 */
export function cutMetrics(path: string, step: number, isUnscored = false): readonly number[] {
  if (!existsSync(path)) return [];
  const { lines, damaged } = readMetricsLog(path);
  const kept = lines.filter(
    (line) => line.step < step || (line.step === step && !(isUnscored && line.kind === "evaluate")),
  );
  writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return damaged;
}

/** The whole lines of a log. */
export function readMetrics(path: string): readonly MetricsLine[] {
  return existsSync(path) ? readMetricsLog(path).lines : [];
}

/** What a log holds: its lines, and the numbers, from 1, of lines that are none. A last line that a crash cut is not counted. */
interface MetricsLogContents {
  readonly lines: readonly MetricsLine[];
  readonly damaged: readonly number[];
}

export function readMetricsLog(path: string): MetricsLogContents {
  const texts = readFileSync(path, "utf8").split("\n");
  // What stands behind the last line end was not finished.
  texts.pop();
  const lines: MetricsLine[] = [];
  const damaged: number[] = [];
  for (const [index, text] of texts.entries()) {
    const line = parseLine(text);
    if (line === undefined) damaged.push(index + 1);
    else lines.push(line);
  }
  return { lines, damaged };
}

/** The words for damaged lines. */
export function damagedLines(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 5).join(", ");
  const more = numbers.length > 5 ? ` and ${numbers.length - 5} more` : "";
  return numbers.length === 1 ? `line ${shown} is damaged` : `lines ${shown}${more} are damaged`;
}

const step = z.int().min(0);
const metricsLine = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("step"), step, loss: z.number() }),
  z.looseObject({
    kind: z.literal("evaluate"),
    step,
    metrics: z.record(z.string(), z.union([z.number(), z.string()])),
  }),
  z.looseObject({ kind: z.literal("epoch"), step }),
]);

function parseLine(text: string): MetricsLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    // What the schema gives back has its keys in another order, and a log that is cut keeps its bytes.
    return metricsLine.safeParse(line).success ? (line as MetricsLine) : undefined;
  } catch {
    return undefined;
  }
}
