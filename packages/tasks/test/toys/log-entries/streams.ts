/**
 * The training text as parallel streams: all texts in a row, with boundaries between them, are cut into as many equal parts as a
 * batch has rows, and each batch reads every part on from where the batch before it ended.
 */
import { BatchStateError, DataConfigError } from "@cellstate/data";
import type { PlacedBatch } from "@cellstate/tasks";
import type { BatchSource, NextBatch } from "@cellstate/training";
import { BOUNDARY_ID } from "./alphabet.ts";
import type { CharacterBatch, TextExample } from "./data.ts";
import type { StreamStates } from "./stream-states.ts";

/** A batch of the streams. */
export interface StreamBatch extends CharacterBatch {
  /** Whether its rows begin anew: the batch before it, if any, belongs to the epoch before. */
  readonly begins: boolean;
}

export interface StreamOptions {
  /** Parts that are read side by side, integer >= 1. */
  readonly rows: number;
  /** Ids of each part in a batch, integer >= 1; the last batch of an epoch may have fewer. */
  readonly bptt: number;
  /** What the parts carry from batch to batch; begun anew here. Default: nothing. */
  readonly carried?: StreamStates | undefined;
}

/** All texts in a row, from the boundary before the first to the boundary after the last. */
export async function joinTexts(texts: AsyncIterable<TextExample>): Promise<Int32Array> {
  const ids: number[] = [BOUNDARY_ID];
  for await (const text of texts) {
    for (const id of text.ids) ids.push(id);
    ids.push(BOUNDARY_ID);
  }
  return Int32Array.from(ids);
}

/** The batches of the streams, the same in each epoch; ids at the end that do not fill a row are left out. */
export class StreamBatches implements BatchSource<PlacedBatch<StreamBatch>> {
  readonly batchesPerEpoch: number;
  readonly carried: StreamStates | undefined;
  readonly #ids: Int32Array;
  readonly #options: Omit<StreamOptions, "carried">;
  /** Ids of each part that are read. */
  readonly #partLength: number;
  /** Batches of this epoch handed out so far. */
  #batch = 0;

  /** @throws {DataConfigError} if the text is too short to give each row a character */
  constructor(ids: Int32Array, options: StreamOptions) {
    const { rows, bptt, carried } = options;
    carried?.begin(rows);
    this.carried = carried;
    this.#ids = ids;
    this.#options = { rows, bptt };
    this.#partLength = Math.floor((ids.length - 1) / rows);
    this.batchesPerEpoch = Math.ceil(this.#partLength / bptt);
    if (this.#partLength > 0) return;
    throw new DataConfigError(
      "training.batchSize",
      `the training texts have ${ids.length - 1} characters, too few for ${rows} rows; lower it or add texts`,
    );
  }

  next(): NextBatch<PlacedBatch<StreamBatch>> {
    const { rows, bptt } = this.#options;
    if (this.#batch === this.batchesPerEpoch) this.#batch = 0;
    const start = this.#batch++ * bptt;
    const steps = Math.min(bptt, this.#partLength - start);
    const batch: StreamBatch = {
      read: this.#cut(start, steps),
      next: this.#cut(start + 1, steps),
      lengths: new Int32Array(rows).fill(steps),
      rows,
      steps,
      begins: start === 0,
    };
    const places = Int32Array.from({ length: rows }, (_, row) => row);
    return { batch: { batch, places }, tokens: rows * steps, epochEnded: this.#batch === this.batchesPerEpoch };
  }

  state(): unknown {
    return { formatVersion: 1, ...this.#options, ids: this.#ids.length, batch: this.#batch };
  }

  /** @throws {BatchStateError} if the state is malformed, or of other texts or options */
  load(state: unknown): void {
    const { batch, ...saved } = (state ?? {}) as Readonly<Record<string, unknown>>;
    const { batch: _, ...own } = this.state() as Readonly<Record<string, unknown>>;
    for (const [key, value] of Object.entries(own)) {
      if (saved[key] !== value) throw streamFault(`${key} ${value}`, `${key} ${saved[key]}`);
    }
    const isPosition = Number.isInteger(batch) && Number(batch) >= 0 && Number(batch) <= this.batchesPerEpoch;
    if (!isPosition) throw streamFault(`a batch in 0..${this.batchesPerEpoch}`, `batch ${batch}`);
    this.#batch = Number(batch);
  }

  /** `[rows, steps]`: a piece of every part. */
  #cut(start: number, steps: number): Int32Array {
    const { rows } = this.#options;
    const piece = new Int32Array(rows * steps);
    for (let row = 0; row < rows; row++) {
      const from = row * this.#partLength + start;
      piece.set(this.#ids.subarray(from, from + steps), row * steps);
    }
    return piece;
  }
}

function streamFault(expected: string, got: string): BatchStateError {
  return new BatchStateError(
    `stream position: expected ${expected}, got ${got}; resume with the data and config of the saved run`,
  );
}
