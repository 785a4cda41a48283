/**
 * The training text as parallel streams: all of it in a row is cut into as many equal parts as a batch has rows, and each batch reads
 * every part on from where the batch before it ended.
 */
import { BatchStateError, DataConfigError } from "@cellstate/data";
import { type RandomStream, Rng } from "@cellstate/tensor";
import type { BatchSource, NextBatch } from "@cellstate/training";
import type { PlacedBatch } from "../task-parts.ts";
import type { LanguageModelConfig } from "./config.ts";
import type { ReadRows } from "./model.ts";
import type { StreamStates } from "./stream-states.ts";

/** A batch of the streams. */
export interface StreamBatch extends ReadRows {
  /** `[rows, steps]`: what follows each id that is read. */
  readonly next: Int32Array;
  /** `[rows]`: 1 where a row does not go on with the state that it had, but begins anew. */
  readonly resets: Uint8Array;
}

export interface StreamOptions {
  /** Parts that are read side by side, integer >= 1. */
  readonly rows: number;
  readonly streams: LanguageModelConfig["streams"];
  /** Seed of what is drawn. */
  readonly seed: number;
  /** What the parts carry from batch to batch; begun anew here. Default: nothing. */
  readonly carried?: StreamStates | undefined;
}

/** All of the text in an epoch: what a text begins from, then every token. */
export type TextOfEpoch = (epoch: number) => Int32Array;

/** How often a step is half as long, and by how much lengths vary (Merity et al. 2018, section 4.1). */
const HALF_SHARE = 0.05;
const DEVIATION = 5;
const SHORTEST = 5;

/** Tokens at the end that do not fill a row are left out. */
export class StreamBatches implements BatchSource<PlacedBatch<StreamBatch>> {
  readonly batchesPerEpoch: number;
  readonly carried: StreamStates | undefined;
  readonly #textOf: TextOfEpoch;
  readonly #options: StreamOptions;
  readonly #length: number;
  /** Tokens of each part that are read. */
  readonly #partLength: number;
  /** Epochs completed, and batches handed out since. */
  #position = { epoch: 0, batch: 0 };
  #ids: Int32Array;
  #cuts: readonly number[];

  /** @throws {DataConfigError} if the text is too short to give each row a token */
  constructor(textOf: TextOfEpoch, options: StreamOptions) {
    const { rows, streams, carried } = options;
    carried?.begin(rows);
    this.carried = carried;
    this.#textOf = textOf;
    this.#options = options;
    this.#ids = textOf(0);
    this.#length = this.#ids.length;
    this.#partLength = Math.floor((this.#length - 1) / rows);
    this.batchesPerEpoch = Math.ceil(this.#partLength / meanLength(streams));
    if (this.#partLength === 0) throw tooShort(this.#length - 1, rows);
    this.#cuts = this.#cutsOf(0);
  }

  next(): NextBatch<PlacedBatch<StreamBatch>> {
    const { rows } = this.#options;
    if (this.#position.batch === this.batchesPerEpoch) this.#begin({ epoch: this.#position.epoch + 1, batch: 0 });
    const batch = this.#position.batch++;
    const [start, end] = [this.#cuts[batch]!, this.#cuts[batch + 1]!];
    const steps = end - start;
    const epochEnded = this.#position.batch === this.batchesPerEpoch;
    return {
      batch: {
        batch: {
          read: this.#cut(start, steps),
          next: this.#cut(start + 1, steps),
          rows,
          steps,
          resets: this.#resetsOf(batch),
        },
        places: Int32Array.from({ length: rows }, (_, row) => row),
      },
      tokens: rows * steps,
      epochEnded,
    };
  }

  state(): unknown {
    const { rows, seed, streams } = this.#options;
    return { formatVersion: 1, rows, seed, ...streams, ids: this.#length, ...this.#position };
  }

  /** @throws {BatchStateError} if the state is malformed, or of another text or other options */
  load(state: unknown): void {
    const { epoch, batch, ...saved } = (state ?? {}) as Readonly<Record<string, unknown>>;
    const { epoch: _epoch, batch: _batch, ...own } = this.state() as Readonly<Record<string, unknown>>;
    for (const [key, value] of Object.entries(own)) {
      if (saved[key] !== value) throw streamFault(`${key} ${value}`, `${key} ${saved[key]}`);
    }
    if (!isCount(epoch)) throw streamFault("an epoch from 0", `epoch ${epoch}`);
    if (!isCount(batch) || batch > this.batchesPerEpoch) {
      throw streamFault(`a batch in 0..${this.batchesPerEpoch}`, `batch ${batch}`);
    }
    this.#begin({ epoch, batch });
  }

  #begin(position: { readonly epoch: number; readonly batch: number }): void {
    this.#position = { ...position };
    this.#ids = this.#textOf(position.epoch);
    this.#cuts = this.#cutsOf(position.epoch);
  }

  /** Where the batches of an epoch begin, and where the last one ends. */
  #cutsOf(epoch: number): number[] {
    const { streams, seed } = this.#options;
    const [count, length] = [this.batchesPerEpoch, this.#partLength];
    if (!streams.randomLength) {
      return Array.from({ length: count + 1 }, (_, batch) => Math.min(batch * streams.bptt, length));
    }
    // Drawn lengths are stretched to the part, so that every epoch has as many batches.
    const drawn = drawLengths(count, streams.bptt, new Rng(seed).stream(`bptt/${epoch}`));
    const total = drawn.reduce((sum, one) => sum + one, 0);
    const cuts = [0];
    let sum = 0;
    for (const [batch, one] of drawn.entries()) {
      sum += one;
      const latest = length - (count - 1 - batch);
      cuts.push(Math.min(latest, Math.max(cuts[batch]! + 1, Math.round((length * sum) / total))));
    }
    return cuts;
  }

  #resetsOf(batch: number): Uint8Array {
    const { rows, seed, streams } = this.#options;
    const draws = new Rng(seed).stream(`reset/${this.#position.epoch}`);
    return Uint8Array.from({ length: rows }, (_, row) =>
      batch === 0 || draws.uniformAt(batch * rows + row) < streams.resetShare ? 1 : 0,
    );
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

function drawLengths(count: number, bptt: number, stream: RandomStream): number[] {
  const deviations = stream.fork("deviation").normal(count);
  return Array.from(deviations, (deviation, batch) => {
    const mean = stream.uniformAt(batch) < HALF_SHARE ? bptt / 2 : bptt;
    return Math.max(SHORTEST, mean + DEVIATION * deviation);
  });
}

function meanLength({ bptt, randomLength }: StreamOptions["streams"]): number {
  return randomLength ? Math.max(SHORTEST, bptt * (1 - HALF_SHARE / 2)) : bptt;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function tooShort(tokens: number, rows: number): DataConfigError {
  return new DataConfigError(
    "training.batchSize",
    `the training text has ${tokens} tokens, too few for ${rows} rows; lower it or add text`,
  );
}

function streamFault(expected: string, got: string): BatchStateError {
  return new BatchStateError(
    `stream position: expected ${expected}, got ${got}; resume with the data and config of the saved run`,
  );
}
