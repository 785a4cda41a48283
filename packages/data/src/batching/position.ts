/** Checks a saved position of a walk: it must belong to the same data, seed and batch size. */
import { BatchStateError } from "../errors.ts";
import type { Curriculum } from "./curriculum.ts";

/** What a position belongs to, and where it is; plain JSON. */
export interface WalkPosition {
  readonly formatVersion: 1;
  readonly seed: number;
  readonly batchSize: number;
  readonly examples: number;
  /** Epoch from 0. */
  readonly epoch: number;
  /** Batches of this epoch handed out so far. */
  readonly batch: number;
  readonly [option: string]: number | boolean;
}

/** What a position says of a curriculum; nothing where there is none. */
export function curriculumFacts(curriculum: Curriculum | undefined): Readonly<Record<string, number>> {
  if (curriculum === undefined) return {};
  return { curriculumStartShare: curriculum.startShare, curriculumEpochs: curriculum.epochs };
}

type Identity = Readonly<Record<string, number | boolean>>;

/**
 * @param own              what the walk that goes on is made from; a saved position must say the same
 * @param batchesPerEpoch  a position beyond it is refused
 * @throws {BatchStateError} if the state is malformed, newer than this code, or of other data or options
 */
export function checkPosition(
  state: unknown,
  own: Identity,
  batchesPerEpoch: number,
): { readonly epoch: number; readonly batch: number } {
  if (typeof state !== "object" || state === null) {
    throw new BatchStateError(`batch position: expected an object, got ${state === null ? "null" : typeof state}`);
  }
  const saved = state as Readonly<Record<string, unknown>>;
  const { formatVersion, ...options } = own;
  if (typeof saved.formatVersion === "number" && saved.formatVersion > Number(formatVersion)) {
    throw new BatchStateError(
      `batch position: formatVersion ${saved.formatVersion} is newer than ${formatVersion}, the newest that this version of @cellstate/data reads; update it`,
    );
  }
  if (saved.formatVersion !== formatVersion) {
    throw new BatchStateError(
      `batch position: expected formatVersion ${formatVersion}, got ${String(saved.formatVersion)}`,
    );
  }
  for (const [key, value] of Object.entries(options)) {
    if (saved[key] === value) continue;
    throw new BatchStateError(
      `batch position: it was saved with ${key} ${String(saved[key])}, but ${key} is now ${value}; resume with the data and config of the saved run`,
    );
  }
  const { epoch, batch } = saved;
  if (!isCount(epoch) || !isCount(batch)) {
    throw new BatchStateError(
      `batch position: expected whole numbers epoch and batch, got ${String(epoch)} and ${String(batch)}`,
    );
  }
  if (batch > batchesPerEpoch) {
    throw new BatchStateError(`batch position: batch ${batch} is past the ${batchesPerEpoch} of an epoch`);
  }
  return { epoch, batch };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
