/** `scaler.json`: what brings the numbers of the train split to mean 0 and deviation 1, and how many are forecast. */
import { DataConfigError, type Records } from "@cellstate/data";
import { encodeJson, type FileContents, readJson } from "@cellstate/tasks";
import { z } from "zod";
import type { ForecastFields } from "./data.ts";

export const SCALER_FILE = "scaler.json";
const FORMAT_VERSION = 1;

/** What forecasting learns from the train split before it trains. */
export interface Scaler {
  readonly mean: number;
  /** Standard deviation, above 0. */
  readonly deviation: number;
  /** Numbers to forecast, as many as the first row of train has. */
  readonly horizon: number;
}

const scalerFile = z.object({ mean: z.number(), deviation: z.number().positive(), horizon: z.int().min(1) });

/**
 * Mean and deviation of all numbers of train (Welford 1962); numbers that are all equal have deviation 1.
 *
 * @throws {DataConfigError} if the deviation is too large for a number
 */
export async function fitScaler(train: Records<ForecastFields>): Promise<Scaler> {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let horizon = 0;
  for await (const { values } of train) {
    const { past, next = [] } = values;
    if (horizon === 0) horizon = next.length;
    for (const value of [...past, ...next]) {
      const distance = value - mean;
      mean += distance / ++count;
      squares += distance * (value - mean);
    }
  }
  const deviation = Math.sqrt(squares / count);
  if (Number.isFinite(deviation)) return { mean, deviation: deviation || 1, horizon };
  throw new DataConfigError(
    "data",
    "the numbers of the train split are too large to be squared; give them in a larger unit",
  );
}

export function scale({ mean, deviation }: Scaler, value: number): number {
  return (value - mean) / deviation;
}

export function unscale({ mean, deviation }: Scaler, value: number): number {
  return value * deviation + mean;
}

export function formatScaler(scaler: Scaler): Uint8Array {
  return encodeJson({ formatVersion: FORMAT_VERSION, ...scaler });
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readScaler(files: FileContents): Scaler {
  const { mean, deviation, horizon } = readJson(files, SCALER_FILE, scalerFile, FORMAT_VERSION);
  return { mean, deviation, horizon };
}
