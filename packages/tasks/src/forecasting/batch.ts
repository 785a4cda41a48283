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
  /** `[batchSize, horizon, inputSize]`: what a decoder that goes step by step reads of each step to come; of none where all are made at once. */
  readonly next: Float64Array;
  /** `[batchSize, targets, horizon]`: the scaled targets to come, less `base`; 0 where one is missing. */
  readonly targets: Float64Array;
  /** `[batchSize, targets, horizon]`: 1 where there is a target. */
  readonly weights: Float64Array;
  /** `[batchSize, targets]`: what was subtracted, in scaled numbers. */
  readonly base: Float64Array;
  /** `[batchSize, targets]`: what the past was divided by; a network's forecasts times it, plus `base`, are scaled numbers. */
  readonly spread: Float64Array;
  /** `[batchSize, targets]`: 1 more than the mean size of the past, in the unit of the target. */
  readonly level: Float64Array;
  /** `[batchSize, targets, horizon]`: the targets to come in their unit; 0 where one is missing. */
  readonly unscaled: Float64Array;
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
  readonly #isStepwise: boolean;

  constructor(
    config: SeriesConfig,
    fitted: FittedSeries,
    { normalize, decoder = "direct" }: Pick<ForecasterConfig, "normalize"> & Partial<Pick<ForecasterConfig, "decoder">>,
  ) {
    this.#config = config;
    this.#fitted = fitted;
    this.#normalize = normalize;
    this.#isStepwise = decoder !== "direct";
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
      next: new Float64Array(this.#isStepwise ? batchSize * horizon * inputSize : 0),
      targets: new Float64Array(rows * horizon),
      weights: new Float64Array(rows * horizon),
      base: new Float64Array(rows),
      spread: new Float64Array(rows),
      level: new Float64Array(rows),
      unscaled: new Float64Array(rows * horizon),
    };
    for (const [row, example] of examples.entries()) {
      this.#fillPast(batch, example, row);
      this.#fillInputs(batch, example, row, inputSize);
      this.#fillAhead(batch, example, row);
      this.#fillTargets(batch, example, row);
      if (this.#isStepwise) this.#fillNext(batch, example, row, inputSize);
    }
    return batch;
  }

  #fillPast({ past, base, spread, level }: ForecastBatch, { columns, targets }: ForecastExample, row: number): void {
    const { context, missing } = this.#config;
    for (const [target, { scale }] of targets.entries()) {
      const own = row * targets.length + target;
      const raw = contextOf(columns[target]!, context, missing).values;
      level[own] = 1 + raw.reduce((sum, value) => sum + Math.abs(known(value)), 0) / context;
      const values = raw.map((value) => known(scaled(scale, value)));
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

  /** As `inputs` has a step, as far as it is known ahead: covariates stand at their mean, targets are the true ones. */
  #fillNext({ next, base, spread }: ForecastBatch, example: ForecastExample, row: number, inputSize: number): void {
    const { context, horizon, covariates, missing, calendar } = this.#config;
    const { inputs: scales, categories: names } = this.#fitted;
    const targets = example.targets.length;
    const isAhead = (column: number) => column < targets || column >= targets + covariates.length;
    const columns = example.columns.map((column) => contextOf(column, context + horizon, "forwardFill").values);
    for (let at = 0; at < horizon; at++) {
      let place = (row * horizon + at) * inputSize;
      for (const [target, { scale }] of example.targets.entries()) {
        const own = row * targets + target;
        const value = known(scaled(scale, columns[target]![context + at]!));
        next[place++] = (value - base[own]!) / spread[own]!;
      }
      for (const [index, scale] of scales.entries()) {
        const column = targets + index;
        next[place++] = isAhead(column) ? known(scaled(scale, columns[column]![context + at]!)) : 0;
      }
      if (missing === "mask") for (const column of columns.keys()) next[place++] = isAhead(column) ? 1 : 0;
      for (const feature of calendarFeatures(example.times[context + at]!, calendar)) next[place++] = feature;
      for (const [index, { length }] of names.entries()) {
        const name = example.categories[index]!;
        if (name >= 0) next[place + name] = 1;
        place += length;
      }
    }
  }

  #fillTargets({ targets, weights, base, unscaled }: ForecastBatch, example: ForecastExample, row: number): void {
    const { horizon } = this.#config;
    const first = row * example.targets.length;
    for (const [at, target] of targetsOf(example, horizon).entries()) {
      if (Number.isNaN(target)) continue;
      const own = first + Math.floor(at / horizon);
      targets[first * horizon + at] = scaled(factsAt(example, at, horizon).scale, target) - base[own]!;
      unscaled[first * horizon + at] = target;
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
