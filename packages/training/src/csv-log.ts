/** What happens in training as rows of a CSV file, whose columns are the same from the first row to the last. */
import type { EpochEndEvent, EvaluateEvent, StepEvent, TrainingCallbacks } from "./callbacks.ts";

/** What a row tells, and of which kind it is; what is not among the columns is left out. */
export type CsvEvent =
  | ({ readonly kind: "step" } & Partial<StepEvent>)
  | ({ readonly kind: "evaluate" } & Partial<EvaluateEvent>)
  | ({ readonly kind: "epoch" } & Partial<EpochEndEvent>);

const COLUMNS = [
  "kind",
  "step",
  "epoch",
  "loss",
  "learningRate",
  "gradientNorm",
  "trainLoss",
  "improved",
  "epochsWithoutImprovement",
  "tokensPerSecond",
  "elapsedSeconds",
] as const;

/**
 * The first line of the file, its end included: `kind`, `step`, `epoch` and so on, then `dev.<name>` for each metric.
 *
 * @param metrics  names of the scores on dev, in the order of their columns
 */
export function csvHeader(metrics: readonly string[]): string {
  return rowOf([...COLUMNS, ...metrics.map((name) => `dev.${name}`)]);
}

/** The row of one event, its end included; a column that the event does not have is empty. */
export function csvRow(event: CsvEvent, metrics: readonly string[]): string {
  const values: Readonly<Record<string, unknown>> = event;
  const scores = event.kind === "evaluate" ? (event.metrics ?? {}) : {};
  return rowOf([...COLUMNS.map((column) => values[column]), ...metrics.map((name) => scores[name])]);
}

/** How a log is written. */
export interface CsvLogOptions {
  /** Names of the scores on dev, in the order of their columns. Default: none. */
  readonly metrics?: readonly string[];
  /** Takes the text of one or more whole lines, the header first. */
  readonly write: (lines: string) => void | Promise<void>;
}

/** Callbacks that write every step, evaluation and epoch as a row. */
export function csvLog({ metrics = [], write }: CsvLogOptions): TrainingCallbacks {
  let isBegun = false;
  const row = (event: CsvEvent) => {
    const header = isBegun ? "" : csvHeader(metrics);
    isBegun = true;
    return write(header + csvRow(event, metrics));
  };
  return {
    onStep: (event) => row({ kind: "step", ...event }),
    onEvaluate: (event) => row({ kind: "evaluate", ...event }),
    onEpochEnd: (event) => row({ kind: "epoch", ...event }),
  };
}

function rowOf(values: readonly unknown[]): string {
  return `${values.map(cellOf).join(",")}\n`;
}

/** A number with all its digits; a text in quotes where it needs them (RFC 4180). */
function cellOf(value: unknown): string {
  const text = value === undefined || value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
