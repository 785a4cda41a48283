/** `result.json`: the final numbers of a finished run. */
import { existsSync } from "node:fs";
import { writeJsonAtomic } from "@cellstate/files";
import type { Scores } from "@cellstate/tasks";
import { readVersioned, type Shape } from "./versioned.ts";

/** Split name to scores. */
export type SplitScores = Readonly<Record<string, Scores>>;

export interface RunResult {
  readonly formatVersion: 1;
  readonly name: string;
  readonly task: string;
  /** Name of the dataset; for own files that of the training file without its extension. */
  readonly dataset: string;
  readonly seed: number;
  /** The backend that was used. */
  readonly backend: string;
  readonly threads: number;
  readonly metrics: SplitScores;
  /** Name of a trivial model to its scores by split. */
  readonly baselines: Readonly<Record<string, SplitScores>>;
  /** The training loop with its evaluations, summed over resumes. */
  readonly trainSeconds: number;
  /** Tokens without padding. */
  readonly tokensPerSecond: number;
  readonly steps: number;
  readonly epochs: number;
  readonly parameters: number;
  readonly modelBytes: number;
  /** SHA-256 of `model/model.safetensors`. */
  readonly weightsSha256: string;
}

export function writeResult(path: string, result: RunResult): void {
  writeJsonAtomic(path, result);
}

const RESULT: Shape<RunResult> = {
  task: "text",
  metrics: "map",
  baselines: "map",
  trainSeconds: "number",
  tokensPerSecond: "number",
  steps: "number",
  epochs: "number",
  parameters: "number",
};

/** The result of a run; `undefined` while it is not finished. @throws {RunFileError} if the file is damaged or newer than this code */
export function readResult(path: string): RunResult | undefined {
  return existsSync(path) ? readVersioned(path, RESULT) : undefined;
}
