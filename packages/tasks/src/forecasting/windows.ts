/** Windows of series: a context to look back on, and the steps behind it that are forecast. */
import { DataConfigError, DataFileError, type Records } from "@cellstate/data";
import type { SeriesConfig } from "./config.ts";
import { type FittedSeries, factsOf, type TargetFacts } from "./fitted.ts";
import { type Frame, frameOf } from "./frame.ts";
import { type ForecastFields, ONLY_SERIES, readRows, type SeriesRow } from "./rows.ts";

/** One window, `steps = context + horizon`. */
export interface ForecastExample {
  /** Its place in the split, from 0. */
  readonly index: number;
  /** Name of the series. */
  readonly series: string;
  /** `[steps]`. */
  readonly times: Float64Array;
  /** `[columns][steps]`: targets, covariates, known ahead; NaN where a number is missing or not known yet. */
  readonly columns: readonly Float64Array[];
  /** Number of the name of each category; -1 where train lacks it. */
  readonly categories: readonly number[];
  /** Scale of each target, and what MASE divides by. */
  readonly targets: readonly TargetFacts[];
}

/** The split whose steps are each forecast from the one before, as a search for what was unexpected asks for. */
const EACH_STEP = "each step";

/** What `evaluate` and `train` make of a split, and `predict` of an input. */
export const PREDICTED = "predict";

export interface WindowOptions {
  readonly config: SeriesConfig;
  readonly fitted: FittedSeries;
  /** Name of the split; of `train` windows with the config's `stride`, of {@link PREDICTED} the last of each series, of {@link EACH_STEP} all of them. */
  readonly split: string;
  /** Records that come before those of the split, which their first windows look back on. Default: none. */
  readonly earlier?: Records<ForecastFields> | undefined;
}

/**
 * All windows of a split, series by series in the order in which they begin.
 *
 * Where a split is scored, all its targets lie in it, while a context may reach back into the records before. Windows without any
 * known target, or any known number to look back on, are left out.
 *
 * @throws {DataFileError} naming file and line of a row that cannot be used, or of a series that is too short to be predicted
 * @throws {DataConfigError} if the split is not later than what comes before it
 */
export async function windowsOf(
  records: Records<ForecastFields>,
  { config, fitted, split, earlier }: WindowOptions,
): Promise<ForecastExample[]> {
  const { bySeries } = await readRows(records, config);
  const before = earlier === undefined ? undefined : (await readRows(earlier, config)).bySeries;
  const examples: ForecastExample[] = [];
  for (const [name, rows] of bySeries) {
    const history = historyOf(before?.get(name) ?? [], rows, config, split);
    const all = [...history, ...rows];
    const isPredicted = split === PREDICTED;
    const isEach = split === EACH_STEP;
    const frame = frameOf(name, all, fitted.step, isPredicted ? config.horizon : isEach ? config.horizon - 1 : 0);
    const firstOwn = firstAt(frame.times, rows[0]!.time);
    const origins = isPredicted
      ? [lastOrigin(frame, all, config)]
      : originsOf(frame, firstOwn, config, isEach ? 1 : split === "train" ? config.stride : config.evaluationStride);
    const cut = (origin: number) => windowAt(frame, origin, { config, fitted });
    for (const origin of origins) examples.push({ ...cut(origin), index: examples.length });
  }
  return examples;
}

/** The rows of a series that its first window of the split looks back on. */
function historyOf(
  before: readonly SeriesRow[],
  rows: readonly SeriesRow[],
  { context }: SeriesConfig,
  split: string,
): readonly SeriesRow[] {
  const last = before.at(-1);
  if (last === undefined) return [];
  if (last.time >= rows[0]!.time) {
    throw new DataConfigError(
      "data.split",
      `${split} begins before ${last.file}:${last.line}, which stands in a split before it; hold out by time: split: { by: time, column: <column of the time> }`,
    );
  }
  return before.slice(-context);
}

function firstAt(times: Float64Array, time: number): number {
  return times.findIndex((one) => one >= time);
}

/** The last steps of the contexts; the first targets are from `firstOwn` on. */
function originsOf(
  { columns }: Frame,
  firstOwn: number,
  { context, horizon, targets }: SeriesConfig,
  stride: number,
): number[] {
  const target = columns[0]!;
  const knownBefore = countKnown(columns.slice(0, 1 + targets.length));
  const isAnyKnown = (from: number, to: number) => knownBefore[to]! > knownBefore[from]!;
  const origins: number[] = [];
  for (let origin = Math.max(context, firstOwn) - 1; origin + horizon < target.length; origin += stride) {
    const isUseful = isAnyKnown(origin + 1 - context, origin + 1) && isAnyKnown(origin + 1, origin + 1 + horizon);
    if (isUseful) origins.push(origin);
  }
  return origins;
}

/** How many numbers of some columns are known before each place. */
function countKnown(columns: readonly Float64Array[]): Int32Array {
  const counts = new Int32Array(columns[0]!.length + 1);
  for (let at = 0; at < columns[0]!.length; at++) {
    counts[at + 1] = counts[at]! + columns.filter((values) => !Number.isNaN(values[at]!)).length;
  }
  return counts;
}

/** The last step with a target: what comes after it is to be forecast. */
function lastOrigin(
  { columns, series }: Frame,
  rows: readonly SeriesRow[],
  { context, targets }: SeriesConfig,
): number {
  const last = columns
    .slice(0, 1 + targets.length)
    .map((values) => values.findLastIndex((value) => !Number.isNaN(value)));
  const origin = Math.max(...last);
  if (origin + 1 >= context && origin >= 0) return origin;
  const { file, line } = rows.at(-1)!;
  const of = series === ONLY_SERIES ? "the series" : `the series ${JSON.stringify(series)}`;
  const has = origin < 0 ? "no target" : `${origin + 1} steps up to its last target`;
  throw new DataFileError(file, line, `${of} has ${has}, and the model looks back on ${context}; give more rows`);
}

function windowAt(
  { series, times, columns, categories }: Frame,
  origin: number,
  { config: { context, horizon }, fitted }: Pick<WindowOptions, "config" | "fitted">,
): Omit<ForecastExample, "index"> {
  const start = origin + 1 - context;
  const end = origin + 1 + horizon;
  return {
    series,
    times: times.subarray(start, end),
    columns: columns.map((column) => column.subarray(start, end)),
    categories: categories.map((name, index) => fitted.categories[index]!.indexOf(name ?? "")),
    targets: factsOf(fitted, series),
  };
}

/** The targets of a window, `[targets * horizon]`, one column after the other; NaN where one is missing. */
export function targetsOf(
  { columns, targets }: Pick<ForecastExample, "columns" | "targets">,
  horizon: number,
): Float64Array {
  const ahead = targets.map((_, column) => columns[column]!.subarray(columns[column]!.length - horizon));
  if (ahead.length === 1) return ahead[0]!;
  const all = new Float64Array(ahead.length * horizon);
  for (const [column, numbers] of ahead.entries()) all.set(numbers, column * horizon);
  return all;
}

/** What is known of the target that a number among those of {@link targetsOf} belongs to. */
export function factsAt({ targets }: Pick<ForecastExample, "targets">, at: number, horizon: number): TargetFacts {
  return targets[Math.floor(at / horizon)]!;
}

/** The numbers of a column up to the origin, `[context]`, gaps filled as far as was known by then. */
export function contextOf(
  column: Float64Array,
  context: number,
  missing: SeriesConfig["missing"],
): { readonly values: Float64Array; readonly isKnown: Uint8Array } {
  const values = column.slice(0, context);
  const isKnown = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
  const first = isKnown.indexOf(1);
  if (first === -1) return { values, isKnown };
  values.fill(values[first]!, 0, first);
  for (let at = first, last = first; at < context; at++) {
    if (isKnown[at] === 0) values[at] = values[last]!;
    else {
      if (missing === "interpolate") drawLine(values, last, at);
      last = at;
    }
  }
  return { values, isKnown };
}

function drawLine(values: Float64Array, from: number, to: number): void {
  const slope = (values[to]! - values[from]!) / (to - from);
  for (let at = from + 1; at < to; at++) values[at] = values[from]! + slope * (at - from);
}
