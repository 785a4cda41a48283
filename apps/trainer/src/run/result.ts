/** `result.json`: the final numbers of a finished run. */
import { existsSync } from "node:fs";
import type { Scores } from "@cellstate/tasks";
import type { StopReason } from "@cellstate/training";
import { z } from "zod";
import { requireSealed } from "./run-manifest.ts";
import { FORMAT_VERSION, readVersioned } from "./versioned.ts";

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
  /** What each part of a joined model scores alone, by split; absent for a model that is one. */
  readonly parts?: Readonly<Record<string, SplitScores>> | undefined;
  /** Name of a trivial model to its scores by split. */
  readonly baselines: Readonly<Record<string, SplitScores>>;
  /** The training loop with its evaluations, summed over resumes. */
  readonly trainSeconds: number;
  /** Tokens without padding. */
  readonly tokensPerSecond: number;
  readonly steps: number;
  /** The budget that ended the training; absent where none did. */
  readonly stoppedBy?: Extract<StopReason, "maxSteps" | "maxMinutes">;
  readonly epochs: number;
  readonly parameters: number;
  readonly modelBytes: number;
  /** SHA-256 of `model/model.safetensors`. */
  readonly weightsSha256: string;
}

/** What stands beside a model's scores in tables, by title: its parts alone, where it has some, then the trivial models. */
export function scoresBeside<Splits>({
  parts = {},
  baselines,
}: {
  readonly parts?: Readonly<Record<string, Splits>> | undefined;
  readonly baselines: Readonly<Record<string, Splits>>;
}): (readonly [title: string, scores: Splits])[] {
  const alone = Object.entries(parts).map(([part, scores]) => [`${part} alone`, scores] as const);
  return [...alone, ...Object.entries(baselines)];
}

/** The text of a result's file. */
export function formatResult(result: RunResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

const number = z.number();
const splitScores = z.record(z.string(), z.record(z.string(), z.union([number, z.string()])));
const resultFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  name: z.string(),
  task: z.string(),
  dataset: z.string(),
  seed: z.int(),
  backend: z.string(),
  threads: z.int().min(1),
  metrics: splitScores,
  parts: z.record(z.string(), splitScores).optional(),
  baselines: z.record(z.string(), splitScores),
  trainSeconds: number.min(0),
  tokensPerSecond: number.min(0),
  steps: z.int().min(0),
  epochs: z.int().min(0),
  parameters: z.int().min(0),
  modelBytes: z.int().min(0),
  weightsSha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in small letters"),
});

/**
 * The result of a run, compared with the manifest beside it; `undefined` while the run is not finished.
 *
 * @throws {RunFileError} if the file is damaged, altered or newer than this code
 */
export async function readResult(path: string): Promise<RunResult | undefined> {
  if (!existsSync(path)) return undefined;
  const result = readResultFile(path);
  await requireSealed(path);
  return result;
}

/** What a result's file holds by itself. @throws {RunFileError} if it is missing, damaged or newer than this code */
export function readResultFile(path: string): RunResult {
  return readVersioned<RunResult>(path, resultFile);
}
