/** `failed-step/`: what is kept of a training step whose loss or gradient is not finite, so that it can be taken again. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "@cellstate/files";
import type { NonFiniteError, TrainingState } from "@cellstate/training";
import { encodeCheckpoint, readCheckpoint } from "@cellstate/training/checkpoint";
import { RunFolderError } from "../errors.ts";
import { jsonLine } from "../terminal/json-line.ts";
import type { PlacedRecord } from "../train/batch-records.ts";
import type { ConfigLock } from "./config-lock.ts";
import type { RunPaths } from "./folder.ts";
import { FORMAT_VERSION } from "./versioned.ts";

/** A checkpoint of the state before the step. */
const STATE_FILE = "state.safetensors";
/** The examples of its batches, one a line; the number of the batch stands in each where there are several. */
const BATCH_FILE = "batch.jsonl";
/** What was wrong. */
const ERROR_FILE = "error.json";

/** What is written. */
export interface FailedStepContents {
  readonly error: NonFiniteError;
  readonly state: TrainingState;
  readonly records: readonly PlacedRecord[];
}

/** The state comes last: a folder that has it is whole. */
export function writeFailedStep(
  { failedStep }: RunPaths,
  { configHash }: Pick<ConfigLock, "configHash">,
  { error, state, records }: FailedStepContents,
): void {
  rmSync(failedStep, { recursive: true, force: true });
  const { step, tensor, message } = error;
  const about = { formatVersion: FORMAT_VERSION, step, tensor, message };
  writeFileAtomic(join(failedStep, ERROR_FILE), `${JSON.stringify(about, null, 2)}\n`);
  writeFileAtomic(join(failedStep, BATCH_FILE), records.map((record) => jsonLine(batchLine(record))).join(""));
  // The best weights of before have no part in the step.
  const bytes = encodeCheckpoint({ ...state, bestWeights: undefined }, configHash);
  writeFileAtomic(join(failedStep, STATE_FILE), bytes);
}

/** An example of a batch as JSON. */
export function batchLine({
  place,
  batch,
  record: { values, file, line },
}: PlacedRecord): Readonly<Record<string, unknown>> {
  const plain = Object.entries(values).map(([role, value]) => [
    role,
    value instanceof Uint8Array ? base64(value) : value,
  ]);
  return { ...(batch && { batch }), example: place, file, line, values: Object.fromEntries(plain) };
}

/** Raw bytes as data files have them. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/**
 * The state before the step that failed.
 *
 * @throws {RunFolderError} if no step of the run failed
 * @throws {CheckpointError} if the file is damaged, or of another run
 */
export async function readFailedStep(
  { folder, failedStep }: RunPaths,
  { configHash }: Pick<ConfigLock, "configHash">,
): Promise<TrainingState> {
  const file = join(failedStep, STATE_FILE);
  if (existsSync(file)) return await readCheckpoint(file, configHash);
  throw new RunFolderError(
    `${folder}: there is no step to replay; a run keeps one when its loss or a gradient becomes NaN or infinite`,
  );
}
