/** `metrics.jsonl`: one line for each logged step, evaluation and epoch; cut back to the checkpoint on resume. */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { guardDisk, writeFileAtomic } from "@cellstate/files";

/** A line of the log; every kind has `step`. Rates are fractions, losses in nats, times in seconds. */
export type MetricsLine = { readonly kind: "step" | "evaluate" | "epoch"; readonly step: number } & Readonly<
  Record<string, unknown>
>;

/** An open log; lines go to the system at once. */
export class MetricsLog {
  readonly #path: string;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#file = guardDisk(path, () => openSync(path, "a"));
  }

  append(line: MetricsLine): void {
    const file = this.#file;
    if (file === undefined) throw new Error("internal: metrics.jsonl is closed");
    guardDisk(this.#path, () => writeSync(file, `${JSON.stringify(line)}\n`));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Drops the lines past `step` and a last line that a crash left half written. */
export function cutMetrics(path: string, step: number): void {
  if (!existsSync(path)) return;
  const kept = readMetrics(path).filter((line) => line.step <= step);
  writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** The whole lines of a log. */
export function readMetrics(path: string): MetricsLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((text) => {
    const line = parseLine(text);
    return line === undefined ? [] : [line];
  });
}

function parseLine(text: string): MetricsLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    const isLine = typeof line === "object" && line !== null && "step" in line && typeof line.step === "number";
    return isLine ? (line as MetricsLine) : undefined;
  } catch {
    return undefined;
  }
}
