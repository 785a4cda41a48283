/**
 * A checkpoint as bytes: a safetensors file with every tensor, whose metadata holds the rest as JSON and a checksum.
 *
 * Metadata: `formatVersion`, `sha256` (of the whole file with 64 zeros in its place), `state` and, where a run is named, `run`. Tensors: `weights/<name>`,
 * `best/<name>`, `optimizer/<moment>/<name>`, where the model carries something `carried/<name>`, and where weights are averaged
 * `averages/<name>`.
 */
import { sha256 } from "@cellstate/files";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "@cellstate/tensor";
import type { AveragingProgress } from "./averaging/define-averaging.ts";
import { CheckpointError } from "./errors.ts";
import type { OptimizerState } from "./optimizers/optimizer.ts";
import type { ScheduleState } from "./schedules/define-schedule.ts";
import type { BestScore, TrainingState, Weights } from "./training-state.ts";

/** Version of the files that this package writes, and the newest that it reads. */
export const checkpointFormatVersion = 1;

/** What tensors belong to. */
const GROUPS: readonly string[] = ["weights", "best", "optimizer", "carried", "averages"];
const NO_CHECKSUM = "0".repeat(64);
/** Quotes inside the state's JSON are escaped, so these bytes occur in the header once. */
const CHECKSUM_KEY = '"sha256":"';
const HEADER_START = 8;

/**
 * The bytes of a checkpoint; equal states give equal bytes.
 *
 * @param run  names the run that it belongs to, such as by the hash of its config. Default: none
 */
export function encodeCheckpoint(state: TrainingState, run?: string): Uint8Array {
  return encodeWithVersion(state, checkpointFormatVersion, run);
}

/** @internal Tests write a version that this package does not read. */
export function encodeWithVersion(state: TrainingState, formatVersion: number, run?: string): Uint8Array {
  const { weights, bestWeights, optimizer, carried, ranked, averaging, ...rest } = state;
  const tensors = new Map<string, TensorData>();
  const add = (group: string, members: Weights) => {
    for (const [name, tensor] of members) tensors.set(`${group}/${name}`, tensor);
  };
  add("weights", weights);
  if (bestWeights !== undefined) add("best", bestWeights);
  add("optimizer", optimizer.tensors);
  add("carried", carried);
  if (averaging !== undefined) add("averages", averaging.tensors);
  const bytes = encodeSafetensors(tensors, {
    formatVersion: String(formatVersion),
    ...(run === undefined ? {} : { run }),
    sha256: NO_CHECKSUM,
    state: JSON.stringify({
      ...rest,
      ...(ranked.length === 0 ? {} : { ranked }),
      optimizer: { kind: optimizer.kind, steps: optimizer.steps },
      hasBestWeights: bestWeights !== undefined,
      ...(averaging !== undefined && { averaging: { ...averaging, tensors: undefined } }),
    }),
  });
  const checksum = findChecksum(bytes)!;
  checksum.set(new TextEncoder().encode(hashAround(bytes, checksum)));
  return bytes;
}

/**
 * Reads and checks the bytes of a checkpoint.
 *
 * @param file named in errors
 * @param run  the run that it must belong to. Default: any
 * @throws {CheckpointError} if the bytes are damaged, of a newer format, or of another run
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string, run?: string): TrainingState {
  requireIntact(bytes, file);
  const { tensors, metadata } = decode(bytes, file);
  requireReadable(metadata.formatVersion, file);
  if (run !== undefined && metadata.run !== run) throw new ForeignCheckpointError(file);
  const state = parseState(metadata.state, file);
  const stray = [...tensors.keys()].find((name) => !GROUPS.includes(name.split("/")[0]!));
  if (stray !== undefined) throw new CheckpointError(file, `unexpected tensor ${stray}`);
  const group = (prefix: string): Map<string, TensorData> => {
    const members = [...tensors].filter(([name]) => name.startsWith(`${prefix}/`));
    return new Map(members.map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]));
  };
  const { hasBestWeights, optimizer, ranked = [], averaging, ...rest } = state;
  return {
    ...rest,
    ...(averaging !== undefined && { averaging: { ...averaging, tensors: group("averages") } }),
    ranked,
    optimizer: { ...optimizer, tensors: group("optimizer") },
    weights: group("weights"),
    carried: group("carried"),
    bestWeights: hasBestWeights ? group("best") : undefined,
  };
}

/** What the metadata holds as JSON: the state without its tensors. */
interface SavedState
  extends Omit<TrainingState, "weights" | "bestWeights" | "carried" | "optimizer" | "ranked" | "averaging"> {
  readonly averaging?: AveragingProgress;
  /** Missing where there is none. */
  readonly ranked?: TrainingState["ranked"];
  readonly optimizer: Omit<OptimizerState, "tensors">;
  readonly hasBestWeights: boolean;
}

/** SHA-256 of the file with zeros in place of its checksum, which is a part of the same bytes. */
function hashAround(bytes: Uint8Array, checksum: Uint8Array): string {
  const begin = checksum.byteOffset - bytes.byteOffset;
  return sha256(bytes.subarray(0, begin), NO_CHECKSUM, bytes.subarray(begin + checksum.length));
}

/** The 64 bytes of the checksum within the header; undefined if there are none. */
function findChecksum(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < HEADER_START) return undefined;
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const headerEnd = HEADER_START + Number(declared < BigInt(bytes.length) ? declared : BigInt(bytes.length));
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(headerEnd, bytes.length));
  const at = header.indexOf(CHECKSUM_KEY, HEADER_START, "latin1");
  if (at < 0) return undefined;
  const begin = at + CHECKSUM_KEY.length;
  return begin + 64 <= header.length ? bytes.subarray(begin, begin + 64) : undefined;
}

function requireIntact(bytes: Uint8Array, file: string): void {
  const checksum = findChecksum(bytes);
  if (checksum === undefined) {
    throw new CheckpointError(file, `${bytes.length} bytes without a checksum; it is cut short or not a checkpoint`);
  }
  const stored = new TextDecoder("latin1").decode(checksum);
  const actual = hashAround(bytes, checksum);
  if (actual !== stored) {
    throw new CheckpointError(
      file,
      `its SHA-256 is ${actual.slice(0, 12)}…, the file says ${printable(stored).slice(0, 12)}…; it is damaged or cut short`,
    );
  }
}

function printable(text: string): string {
  return text.replace(/[^0-9a-f]/g, "?");
}

function decode(bytes: Uint8Array, file: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, file);
  } catch (error) {
    throw new CheckpointError(file, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function requireReadable(formatVersion: string | undefined, file: string): void {
  const version = Number(formatVersion);
  if (!Number.isInteger(version) || version < 1) {
    throw new CheckpointError(file, `expected a formatVersion, got ${formatVersion ?? "none"}`);
  }
  if (version > checkpointFormatVersion) throw new NewerFormatError(file, version);
}

/** The file is whole, but of a newer format. */
export class NewerFormatError extends CheckpointError {
  constructor(file: string, version: number) {
    super(
      file,
      `has formatVersion ${version}, this version of @cellstate/training reads up to ${checkpointFormatVersion}; update it to go on`,
    );
  }
}

/** The file is whole, but a run with another config wrote it. */
export class ForeignCheckpointError extends CheckpointError {
  constructor(file: string) {
    super(
      file,
      "was written by a run with another config; its config.lock.json was replaced or altered: put the old one back, or train anew",
    );
  }
}

function parseState(json: string | undefined, file: string): SavedState {
  let state: unknown;
  try {
    state = JSON.parse(json ?? "");
  } catch (error) {
    throw new CheckpointError(file, "its state is not JSON", { cause: error });
  }
  const fault = faultOf(state);
  if (fault !== undefined) throw new CheckpointError(file, `its state is incomplete: ${fault}`);
  return state as SavedState;
}

/** The first thing that is wrong with the JSON of a state. */
function faultOf(state: unknown): string | undefined {
  if (!isRecord(state)) return "expected an object";
  for (const key of ["step", "epoch", "tokens"] as const) {
    if (!isCount(state[key])) return `expected a whole number from 0 as ${key}`;
  }
  for (const key of ["epochCount", "elapsedSeconds", "stepSeconds"] as const) {
    if (!isNumber(state[key]) || state[key] < 0) return `expected a number from 0 as ${key}`;
  }
  if (!isNumber(state.epochLossSum)) return "expected a number as epochLossSum";
  if (typeof state.hasBestWeights !== "boolean") return "expected true or false as hasBestWeights";
  const { checkpointEverySteps } = state;
  if (checkpointEverySteps !== null && !(isCount(checkpointEverySteps) && checkpointEverySteps > 0)) {
    return "expected a whole number from 1 or null as checkpointEverySteps";
  }
  if (state.best !== null && !isBestScore(state.best)) return "expected value, step and epoch in best";
  const { ranked = [] } = state;
  if (!Array.isArray(ranked) || !ranked.every(isBestScore)) return "expected value, step and epoch in each of ranked";
  if (!isScheduleState(state.schedule)) return "expected kind, factor and badEvaluations in schedule";
  if (state.averaging !== undefined && !isAveragingProgress(state.averaging)) {
    return "expected kind, updates, triggered and scores in averaging";
  }
  const { optimizer } = state;
  if (!isRecord(optimizer) || typeof optimizer.kind !== "string" || !isRecord(optimizer.steps)) {
    return "expected kind and steps in optimizer";
  }
  const odd = Object.entries(optimizer.steps).find(([, steps]) => !isCount(steps));
  if (odd !== undefined) return `expected a whole number from 0 as optimizer.steps.${odd[0]}`;
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || isNumber(value);
}

function isBestScore(value: unknown): value is BestScore {
  if (!isRecord(value) || !isNumberOrNull(value.tieBreak ?? null)) return false;
  return isNumber(value.value) && isCount(value.step) && isCount(value.epoch);
}

function isScheduleState(value: unknown): value is ScheduleState {
  return isRecord(value) && typeof value.kind === "string" && isNumber(value.factor) && isCount(value.badEvaluations);
}

function isAveragingProgress(value: unknown): value is AveragingProgress {
  if (!isRecord(value) || typeof value.kind !== "string" || typeof value.triggered !== "boolean") return false;
  return isCount(value.updates) && Array.isArray(value.scores) && value.scores.every(isNumber);
}
