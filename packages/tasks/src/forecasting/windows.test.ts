import { DataConfigError, DataFileError } from "@cellstate/data";
import { expect, test } from "vitest";
import { Collator, inputSizeOf } from "./batch.ts";
import { forecastingConfig } from "./config.ts";
import { fitSeries } from "./fitted.ts";
import type { SeriesRecord } from "./rows.ts";
import { targetsOf, windowsOf } from "./windows.ts";

const configOf = (series: object) =>
  forecastingConfig.parse({ series: { context: 3, horizon: 2, ...series }, model: { encoder: { hiddenSize: 2 } } })
    .series;

/** Days of January 2026 from the given one; an empty cell is a missing number, a day that is undefined has no row. */
function days(
  values: readonly (string | undefined)[],
  { from = 1, file = "train.csv", series = "" } = {},
): SeriesRecord[] {
  return values.flatMap((target, index) => {
    if (target === undefined) return [];
    const time = `2026-01-${String(from + index).padStart(2, "0")}`;
    return [{ values: { time, target, ...(series && { series }) }, file, line: index + 2 } as SeriesRecord];
  });
}

const rising = ["1", "2", "3", "4", "5", "6", "7"];

async function cut(
  records: readonly SeriesRecord[],
  series: object,
  split = "train",
  earlier?: readonly SeriesRecord[],
) {
  const config = configOf(series);
  const fitted = await fitSeries(earlier ?? records, config);
  return { config, fitted, windows: await windowsOf(records, { config, fitted, split, earlier }) };
}

test("windows begin at every stride, and hold context and horizon", async () => {
  const { windows } = await cut(days(rising), { stride: 2 });
  expect(windows.map(({ columns }) => [...columns[0]!])).toEqual([
    [1, 2, 3, 4, 5],
    [3, 4, 5, 6, 7],
  ]);
  expect(windows.map(({ index }) => index)).toEqual([0, 1]);
});

test("a day without a row is a missing step: filled in contexts, and neither trained on nor scored as a target", async () => {
  const { config, fitted, windows } = await cut(days(["1", undefined, "3", "", "5"]), {});
  expect([...windows[0]!.columns[0]!]).toEqual([1, Number.NaN, 3, Number.NaN, 5]);
  const { weights, past } = new Collator(config, fitted, { normalize: "last" }).collate(windows);
  expect([...weights]).toEqual([0, 1]);
  expect(past[0]).toBe(past[1]);
  expect(past[2]).toBe(0);
  const line = new Collator({ ...config, missing: "interpolate" }, fitted, { normalize: "last" }).collate(windows);
  expect(line.past[1]).toBeCloseTo((past[0]! + past[2]!) / 2, 12);
  const masked = configOf({ missing: "mask" });
  expect(inputSizeOf(masked, fitted)).toBe(2);
  expect([
    ...new Collator(masked, fitted, { normalize: "last" }).collate(windows).inputs.filter((_, at) => at % 2 === 1),
  ]).toEqual([1, 0, 1]);
});

test("a held-out split looks back into what comes before it, and all its targets are its own", async () => {
  const train = days(rising);
  const dev = days(["8", "9", "10"], { from: 8, file: "dev.csv" });
  const { config, windows } = await cut(dev, {}, "dev", train);
  expect(windows.map((window) => [...targetsOf(window, config.horizon)])).toEqual([
    [8, 9],
    [9, 10],
  ]);
  await expect(cut(days(["1", "2"], { from: 3 }), {}, "dev", train)).rejects.toThrow(DataConfigError);
  await expect(cut(days(["1", "2"], { from: 3 }), {}, "dev", train)).rejects.toThrow("hold out by time");
});

test("what is predicted are the steps behind the last target, series by series", async () => {
  const rows = [...days(rising, { series: "a" }), ...days(rising, { series: "b", from: 3 })];
  const { windows } = await cut(rows, {}, "predict");
  expect(windows.map(({ series, times }) => [series, new Date(times[3]!).toISOString().slice(0, 10)])).toEqual([
    ["a", "2026-01-08"],
    ["b", "2026-01-10"],
  ]);
});

test("scales are those of train, of each series, and equal numbers do not divide by zero", async () => {
  const rows = [...days(rising, { series: "a" }), ...days(["5", "5", "5", "5", "5"], { series: "flat" })];
  const { fitted } = await cut(rows, {});
  expect(fitted.series.a!.scale).toEqual({ center: 4, spread: 2 });
  expect(fitted.series.flat).toEqual({ scale: { center: 5, spread: 1 }, naiveError: 0 });
  const robust = await cut(rows, { scaling: { kind: "robust" } });
  expect(robust.fitted.series.a!.scale).toEqual({ center: 4, spread: 3 });
});

test.each([
  [
    "a time that goes back",
    [...days(["1"], { from: 5 }), ...days(["2"])],
    "train.csv:2: the time goes back behind that of line 2",
  ],
  [
    "a time that repeats",
    [...days(["1"]), ...days(["2"])],
    "the time repeats that of line 2; remove one, say series.repeats",
  ],
  [
    "a decimal comma",
    days(["1,5"]),
    'target: expected a finite number, got "1,5"; for decimal commas say series.decimal: ","',
  ],
  ["a word", days(["much"]), 'target: expected a finite number, got "much"'],
])("%s is refused by file and line", async (_, records, message) => {
  await expect(cut(records, {})).rejects.toThrow(DataFileError);
  await expect(cut(records, {})).rejects.toThrow(message);
});

test("decimal commas and repeats are read where the config says so", async () => {
  const rows = [...days(["1.000,5", "2", "3", "4", "5"])];
  const { windows } = await cut([...rows, ...days(["7"], { from: 5 })], { decimal: ",", repeats: "mean" });
  expect([...windows[0]!.columns[0]!]).toEqual([1000.5, 2, 3, 4, 6]);
});

test("a time off the grid is refused, and taken as a step where rows are steps", async () => {
  const rows = days(["1", "2", "3", "4", "5"]);
  const odd = { ...rows[4]!, values: { time: "2026-01-05T07:00", target: "5" } } as SeriesRecord;
  await expect(cut([...rows.slice(0, 4), odd], {})).rejects.toThrow("train.csv:6: the time is not on the grid");
  const { windows } = await cut([...rows.slice(0, 4), odd], { frequency: "rows" });
  expect(windows).toHaveLength(1);
});

test("rows without times are steps by their lines", async () => {
  const rows = days(["1", "2", "3", "4", "5"]).map(({ values: { target }, ...place }) => ({
    ...place,
    values: { target },
  }));
  const { windows, fitted } = await cut(rows as unknown as SeriesRecord[], { frequency: "rows" });
  expect(windows).toHaveLength(1);
  expect(fitted).toMatchObject({ clock: "number", step: { unit: "row", size: 1 } });
});

test("a history shorter than the context cannot be predicted", async () => {
  await expect(cut(days(["1", "2", ""]), {}, "predict")).rejects.toThrow(
    "train.csv:4: the series has 2 steps up to its last target, and the model looks back on 3",
  );
});
