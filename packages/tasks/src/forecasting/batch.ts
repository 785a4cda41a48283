/** From windows to the numbers that a network reads. */

import { calendarFeatures } from "./calendar.ts";
import type { ForecasterConfig, SeriesConfig } from "./config.ts";
import type { FittedSeries } from "./fitted.ts";
import { numberRoles, targetRoles } from "./rows.ts";
import { scaled } from "./scale.ts";
import { contextOf, type ForecastExample, factsAt, targetsOf } from "./windows.ts";

export interface ForecastBatch {
  readonly batchSize: number;
  /** `[batchSize, context, inputSize]`. */
  readonly inputs: Float64Array;
  /** `[batchSize, targets, context]`: the scaled targets of each step of the context, less `base`, over `spread`. */
  readonly past: Float64Array;
  /** `[batchSize, horizon * knownAhead]`: scaled numbers that are known for the time to come. */
  readonly ahead: Float64Array;
  /** `[batchSize, targets, horizon]`: the scaled targets to come, less `base`; 0 where one is missing. */
  readonly targets: Float64Array;
  /** `[batchSize, targets, horizon]`: 1 where there is a target. */
  readonly weights: Float64Array;
  /** `[batchSize, targets]`: what was subtracted, in scaled numbers. */
  readonly base: Float64Array;
  /** `[batchSize, targets]`: what the past was divided by; a network's forecasts times it, plus `base`, are scaled numbers. */
  readonly spread: Float64Array;
}

/** Numbers that the network reads of each step. */
export function inputSizeOf(config: SeriesConfig, fitted: FittedSeries): number {
  const columns = numberRoles(config).length;
  const marks = config.missing === "mask" ? columns : 0;
  const names = fitted.categories.reduce((sum, { length }) => sum + length, 0);
  return columns + marks + 2 * config.calendar.length + names;
}

/** A context that hardly moves is not blown up: this much of the deviation of train is the least that it is divided by. */
const LEAST_SPREAD = 0.1;

/** Makes batches; one for each model. */
export class Collator {
  readonly #config: SeriesConfig;
  readonly #fitted: FittedSeries;
  readonly #normalize: ForecasterConfig["normalize"];

  constructor(config: SeriesConfig, fitted: FittedSeries, normalize: ForecasterConfig["normalize"]) {
    this.#config = config;
    this.#fitted = fitted;
    this.#normalize = normalize;
  }

  collate(examples: readonly ForecastExample[]): ForecastBatch {
    const { context, horizon, knownAhead } = this.#config;
    const inputSize = inputSizeOf(this.#config, this.#fitted);
    const batchSize = examples.length;
    const rows = batchSize * targetRoles(this.#config).length;
    const batch: ForecastBatch = {
      batchSize,
      inputs: new Float64Array(batchSize * context * inputSize),
      past: new Float64Array(rows * context),
      ahead: new Float64Array(batchSize * horizon * knownAhead.length),
      targets: new Float64Array(rows * horizon),
      weights: new Float64Array(rows * horizon),
      base: new Float64Array(rows),
      spread: new Float64Array(rows),
    };
    for (const [row, example] of examples.entries()) {
      this.#fillPast(batch, example, row);
      this.#fillInputs(batch, example, row, inputSize);
      this.#fillAhead(batch, example, row);
      this.#fillTargets(batch, example, row);
    }
    return batch;
  }

  #fillPast({ past, base, spread }: ForecastBatch, { columns, targets }: ForecastExample, row: number): void {
    const { context, missing } = this.#config;
    for (const [target, { scale }] of targets.entries()) {
      const own = row * targets.length + target;
      const values = contextOf(columns[target]!, context, missing).values.map((value) => known(scaled(scale, value)));
      base[own] = this.#normalize === "none" ? 0 : values[context - 1]!;
      spread[own] = this.#normalize === "window" ? Math.max(LEAST_SPREAD, deviationOf(values)) : 1;
      for (let at = 0; at < context; at++) past[own * context + at] = (values[at]! - base[own]!) / spread[own]!;
    }
  }

  #fillInputs({ inputs, past }: ForecastBatch, example: ForecastExample, row: number, inputSize: number): void {
    const { context, missing, calendar } = this.#config;
    const { inputs: scales, categories: names } = this.#fitted;
    const columns = example.columns.map((column) => contextOf(column, context, missing));
    const targets = example.targets.length;
    for (let at = 0; at < context; at++) {
      let next = (row * context + at) * inputSize;
      for (let target = 0; target < targets; target++) {
        inputs[next++] = past[(row * targets + target) * context + at]!;
      }
      for (const [index, scale] of scales.entries())
        inputs[next++] = known(scaled(scale, columns[targets + index]!.values[at]!));
      if (missing === "mask") for (const { isKnown } of columns) inputs[next++] = isKnown[at]!;
      for (const feature of calendarFeatures(example.times[at]!, calendar)) inputs[next++] = feature;
      for (const [index, { length }] of names.entries()) {
        const name = example.categories[index]!;
        if (name >= 0) inputs[next + name] = 1;
        next += length;
      }
    }
  }

  #fillAhead({ ahead }: ForecastBatch, { columns, targets }: ForecastExample, row: number): void {
    const { context, horizon, covariates, knownAhead, missing } = this.#config;
    for (let index = 0; index < knownAhead.length; index++) {
      const input = covariates.length + index;
      const scale = this.#fitted.inputs[input]!;
      const { values } = contextOf(columns[targets.length + input]!, context + horizon, missing);
      for (let at = 0; at < horizon; at++) {
        ahead[(row * horizon + at) * knownAhead.length + index] = known(scaled(scale, values[context + at]!));
      }
    }
  }

  #fillTargets({ targets, weights, base }: ForecastBatch, example: ForecastExample, row: number): void {
    const { horizon } = this.#config;
    const first = row * example.targets.length;
    for (const [at, target] of targetsOf(example, horizon).entries()) {
      if (Number.isNaN(target)) continue;
      const own = first + Math.floor(at / horizon);
      targets[first * horizon + at] = scaled(factsAt(example, at, horizon).scale, target) - base[own]!;
      weights[first * horizon + at] = 1;
    }
  }
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The center of a column, where a window knows no number of it. */
function known(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
