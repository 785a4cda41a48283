/** A forecaster seen from outside: it learns a swing that persistence cannot, is scored by the book, and keeps what it learned. */
import type { DataRecord } from "@cellstate/data";
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeJson, forecasting } from "../src/index.ts";
import { collect } from "./collect.ts";
import { readNothing, type TinyRun, trainTiny } from "./train-tiny.ts";

const series = { context: 8, horizon: 4, season: 4, knownAhead: ["promo"] };
const config = { series, model: { encoder: { hiddenSize: 8 } }, loss: { kind: "quantile", levels: [0.1, 0.5, 0.9] } };

/** Hours that swing with a season of four and jump by 30 where there is a promotion. */
function hours(from: number, count: number, target = true): DataRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const hour = from + index;
    const promo = hour % 7 === 0 ? 1 : 0;
    const value = [10, 20, 15, 5][hour % 4]! + 30 * promo;
    const time = new Date(hour * 3_600_000).toISOString();
    return {
      values: { time, target: target ? String(value) : undefined, promo: String(promo) },
      file: "h.csv",
      line: index + 2,
    };
  });
}

/** The hours without promotions. */
function swing(from: number, count: number): DataRecord[] {
  return hours(from, count).map(({ values, ...place }, index) => ({
    values: { time: values.time, target: String([10, 20, 15, 5][(from + index) % 4]) },
    ...place,
  }));
}

let run: TinyRun;

beforeAll(async () => {
  run = await trainTiny(forecasting, config, hours(0, 60), { steps: 100, learningRate: 0.02 });
});

describe("a tiny forecaster", () => {
  test("learns the swing and what is known ahead, and its intervals hold most targets", async () => {
    expect(run.losses.at(-1)).toBeLessThan(run.losses[0]! / 4);
    const dev = await run.pipeline.encode(hours(60, 20), "dev", { earlier: hours(0, 60) });
    const { scores } = await run.model.evaluate(dev);
    const baselines = (await run.pipeline.fitBaselines(run.train)).score(new Map([["dev", dev]]));
    expect(Object.keys(baselines)).toEqual([
      "persistence",
      "seasonalNaive",
      "drift",
      "mean",
      "exponentialSmoothing",
      "nlinear",
    ]);
    expect(dev.length).toBe(17);
    expect(Object.keys(scores)).toEqual(run.plan.metrics.map(({ name }) => name));
    for (const scored of Object.values(baselines)) {
      expect(scores.meanAbsoluteError).toBeLessThan(Number(scored.dev!.meanAbsoluteError));
    }
    expect(scores.coverage).toBeGreaterThan(0.5);
  });

  test("forecasts behind the last target, with times, and reads its lines back", async () => {
    const future = [...hours(60, 10), ...hours(70, 4, false)];
    const [line, ...others] = await collect(run.model.predict(future));
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      origin: "1970-01-03T21:00:00Z",
      times: ["1970-01-03T22:00:00Z", "1970-01-03T23:00:00Z", "1970-01-04T00:00:00Z", "1970-01-04T01:00:00Z"],
    });
    expect(forecasting.rows!(line!)[0]).toMatchObject({ time: "1970-01-03T22:00:00Z", forecast: expect.any(Number) });
    const evaluation = await run.model.evaluate(run.train);
    const recalled = run.pipeline.recall([...evaluation.lines()])!;
    expect(recalled.score([...Array(recalled.length).keys()])).toEqual(evaluation.scores);
  });

  test("predicts the same after saving and loading", async () => {
    const loaded = await run.plan.load(run.pipeline.save());
    const model = loaded.build(run.session, new Rng(99));
    loadStateDict(model, stateDict(run.model));
    const history = hours(30, 12);
    expect(await collect(model.predict(history))).toEqual(await collect(run.model.predict(history)));
  });
});

test("a swing three times as wide has intervals three times as wide", async () => {
  const widened = (factor: number) =>
    [...hours(60, 12), ...hours(72, 4, false)].map(({ values, ...place }) => {
      const target = values.target === undefined ? undefined : String(factor * Number(values.target));
      return { values: { ...values, target }, ...place };
    });
  const [narrow] = await collect(run.model.predict(widened(1)));
  const [wide] = await collect(run.model.predict(widened(3)));
  const widths = (line: Record<string, unknown>) => {
    const { "0.1": low, "0.9": high } = line.quantiles as Record<string, number[]>;
    return high!.map((value, at) => value - low![at]!);
  };
  for (const [at, width] of widths(wide!).entries()) expect(width).toBeCloseTo(3 * widths(narrow!)[at]!, 3);
});

describe("intervals", () => {
  /** Noise that train hardly has: the same hours, with every target moved by up to 8 either way. */
  const noisy = (from: number, count: number) =>
    hours(from, count).map(({ values, ...place }, index) => ({
      ...place,
      values: { ...values, target: String(Number(values.target) + ((index * 7) % 17) - 8) },
    }));
  const calibrated = async (calibration: string) => {
    const given = { ...config, intervals: { calibration } };
    const own = await trainTiny(forecasting, given, hours(0, 60), { steps: 40, learningRate: 0.02 });
    const dev = await own.pipeline.encode(noisy(60, 120), "dev", { earlier: hours(0, 60) });
    const test = await own.pipeline.encode(noisy(180, 120), "test", { earlier: hours(0, 180) });
    const before = await own.model.evaluate(test);
    await own.model.calibrate!(dev, own.train);
    return { ...own, test, before, after: await own.model.evaluate(test) };
  };

  test.each(["shared", "steps"])("hold what they promise once dev has told how wide they must be: %s", async (kind) => {
    const { before, after, model, pipeline, plan, session, test: split } = await calibrated(kind);
    expect(before.scores.coverage).toBeLessThan(0.7);
    expect(after.scores.coverage).toBeGreaterThan(0.75);
    expect(after.scores.coverage).toBeLessThan(0.85); // 80 % lie between the levels 0.1 and 0.9
    expect(after.scores.meanAbsoluteError).toBe(before.scores.meanAbsoluteError);
    const saved = pipeline.save();
    const loaded = (await plan.load(saved)).build(session, new Rng(99));
    loadStateDict(loaded, stateDict(model));
    expect((await loaded.evaluate(split)).scores).toEqual(after.scores);
    expect(model.network).toMatchObject({ facts: { intervalFactors: expect.any(Array) } });
    await expect(
      plan.load(new Map([...saved, ["intervals.json", encodeJson({ formatVersion: 1, factors: [[1], [1]] })]])),
    ).rejects.toThrow("intervals.json: factors");
  });

  test("stay as they were learned where the config says it", async () => {
    const { before, after, pipeline } = await calibrated("none");
    expect(after.scores).toEqual(before.scores);
    expect([...pipeline.save().keys()]).toEqual(["series.json"]);
  });
});

test.each(["none", "last", "window"])("a tiny forecaster learns with windows normalized by %s", async (normalize) => {
  const given = { ...config, model: { ...config.model, normalize, start: "random" } };
  const { losses, model, train } = await trainTiny(forecasting, given, hours(0, 40), { steps: 40, learningRate: 0.03 });
  const { scores } = await model.evaluate(train);
  expect(scores.loss).toBeLessThan(losses[0]! / 2);
});

test("training begins from a linear regression on train, unless the config says otherwise", async () => {
  const lossesFrom = async (start: string) => {
    const given = { ...config, series: { context: 8, horizon: 4 }, model: { ...config.model, start } };
    return (await trainTiny(forecasting, given, swing(0, 60), { steps: 1, learningRate: 1e-3 })).losses[0]!;
  };
  expect(await lossesFrom("regression")).toBeLessThan((await lossesFrom("random")) / 50);
});

test("a normal distribution begins with the deviation of what the regression misses", async () => {
  const noise = new Rng(3).stream("noise").uniform(60, -1, 1);
  const noisy = swing(0, 60).map(({ values, ...place }, at) => ({
    values: { ...values, target: String(Number(values.target) + noise[at]!) },
    ...place,
  }));
  const given = {
    series: { context: 8, horizon: 4 },
    model: { encoder: { hiddenSize: 8 } },
    loss: { kind: "gaussian" },
  };
  const { model, train } = await trainTiny(forecasting, given, noisy, { steps: 1, learningRate: 1e-6 });
  const { scores } = await model.evaluate(train);
  expect(scores.coverage).toBeGreaterThan(0.85);
  expect(scores.coverage).toBeLessThan(0.99);
});

describe.each(["recursive", "seq2seq"])("a %s forecaster", (decoder) => {
  const given = { ...config, model: { ...config.model, decoder, linear: false } };

  test("learns the swing and what is known ahead, step by step, and is the same after saving and loading", async () => {
    const own = await trainTiny(forecasting, given, hours(0, 60), { steps: 80, learningRate: 0.03 });
    expect(own.losses.at(-1)).toBeLessThan(own.losses[0]! / 4);
    const dev = await own.pipeline.encode(hours(60, 20), "dev", { earlier: hours(0, 60) });
    const evaluation = await own.model.evaluate(dev);
    const { persistence } = (await own.pipeline.fitBaselines(own.train)).score(new Map([["dev", dev]]));
    expect(evaluation.scores.meanAbsoluteError).toBeLessThan(Number(persistence!.dev!.meanAbsoluteError) / 2);
    const loaded = (await own.plan.load(own.pipeline.save())).build(own.session, new Rng(99));
    loadStateDict(loaded, stateDict(own.model));
    expect((await loaded.evaluate(dev)).scores).toEqual(evaluation.scores);
    expect(own.model.network).toBeUndefined();
  });

  test("needs an encoder that reads forward alone", () => {
    const backward = { ...given, model: { ...given.model, encoder: { hiddenSize: 8, bidirectional: true } } };
    expect(() => forecasting.configSchema.parse(backward)).toThrow("needs bidirectional: false");
  });
});

describe("a forecaster of counts", () => {
  const given = {
    series: { context: 8, horizon: 4, season: 4 },
    model: config.model,
    loss: { kind: "negativeBinomial" },
  };

  test("learns a negative binomial distribution, whose quantiles are counts", async () => {
    const own = await trainTiny(forecasting, given, swing(0, 60), { steps: 60, learningRate: 0.02 });
    expect(own.losses.at(-1)).toBeLessThan(own.losses[0]!);
    const evaluation = await own.model.evaluate(own.train);
    expect(evaluation.scores.loss).toBeCloseTo(own.losses.at(-1)!, 1);
    const [line] = await collect(own.model.predict(swing(60, 12)));
    const { prediction, quantiles } = line as { prediction: number[]; quantiles: Record<string, number[]> };
    for (const value of [...prediction, ...Object.values(quantiles).flat()]) expect(value).toBe(Math.round(value));
    for (const [at, truth] of [10, 20, 15, 5].entries()) {
      expect(quantiles["0.05"]![at]).toBeLessThanOrEqual(truth);
      expect(quantiles["0.95"]![at]).toBeGreaterThanOrEqual(truth);
    }
    const recalled = own.pipeline.recall([...evaluation.lines()])!;
    expect(recalled.score([...Array(recalled.length).keys()])).toEqual(evaluation.scores);
  });

  test("is refused by file and line where train has a number below 0", async () => {
    const plan = forecasting.plan(forecasting.configSchema.parse(given));
    const below = hours(0, 30).map((record, index) =>
      index === 4 ? { ...record, values: { ...record.values, target: "-3" } } : record,
    );
    await expect(plan.fit(below, readNothing)).rejects.toThrow("h.csv:6: loss negativeBinomial is for counts, got -3");
  });
});

describe("several targets", () => {
  const given = { ...config, series: { context: 8, horizon: 4, season: 4, targets: ["other"] } };
  /** The swing, and a tenfold one that comes two hours later and has gaps. */
  const both = (from: number, count: number) =>
    swing(from, count).map(({ values, ...place }, index) => {
      const other = index % 19 === 3 ? undefined : String(10 * [15, 5, 10, 20][(from + index) % 4]!);
      return { values: { ...values, other }, ...place };
    });

  test("are forecast together, each in its own unit, and scored beside baselines of each column", async () => {
    const own = await trainTiny(forecasting, given, both(0, 60), { steps: 60, learningRate: 0.01 });
    const dev = await own.pipeline.encode(both(60, 24), "dev", { earlier: both(0, 60) });
    await own.model.calibrate!(dev, own.train);
    const evaluation = await own.model.evaluate(dev);
    const learned = await own.pipeline.fitBaselines(own.train);
    const { persistence, seasonalNaive, nlinear } = learned.score(new Map([["dev", dev]]));
    expect(evaluation.scores.scaledSquaredError).toBeLessThan(0.2);
    expect(persistence!.dev!.scaledSquaredError).toBeGreaterThan(1);
    expect(Object.keys(seasonalNaive!.dev!)).toContain("smape");
    expect(own.pipeline.loadBaselines(learned.save()).score(new Map([["dev", dev]])).nlinear).toEqual(nlinear);
    const [line] = await collect(own.model.predict(both(60, 12)));
    const { prediction, quantiles } = line as { prediction: Record<string, number[]>; quantiles: object };
    expect(Object.keys(prediction)).toEqual(["target", "other"]);
    for (const [at, truth] of [10, 20, 15, 5].entries()) {
      expect(Math.abs(prediction.target![at]! - truth)).toBeLessThan(3);
      expect(Math.abs(prediction.other![at]! - 10 * [15, 5, 10, 20][at]!)).toBeLessThan(30);
    }
    expect(quantiles).toMatchObject({ "0.9": { other: expect.any(Array) } });
    expect(Object.keys(forecasting.rows!(line!)[0]!)).toEqual([
      ...["time", "target", "target q0.1", "target q0.5", "target q0.9"],
      ...["other", "other q0.1", "other q0.5", "other q0.9"],
    ]);
    const recalled = own.pipeline.recall([...evaluation.lines()])!;
    expect(recalled.score([...Array(recalled.length).keys()])).toEqual(evaluation.scores);
    const loaded = (await own.plan.load(own.pipeline.save())).build(own.session, new Rng(99));
    loadStateDict(loaded, stateDict(own.model));
    expect((await loaded.evaluate(dev)).scores).toEqual(evaluation.scores);
    expect(await evaluation.report("dev")).toHaveLength(5);
  });

  test("that are also covariates are refused", () => {
    const series = { ...given.series, covariates: ["other"] };
    expect(() => forecasting.configSchema.parse({ ...given, series })).toThrow("is named twice among targets");
  });
});

test.each(["squared", "absolute", "huber", "gaussian"])("a tiny forecaster learns by the loss %s", async (kind) => {
  const given = { ...config, loss: { kind } };
  const { losses, model, train } = await trainTiny(forecasting, given, hours(0, 40), { steps: 40, learningRate: 0.03 });
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  const { scores } = await model.evaluate(train);
  expect(scores.loss).toBeCloseTo(losses.at(-1)!, 0);
  expect("coverage" in scores).toBe(kind === "gaussian");
});

test("steps of the past that lie far outside their intervals are found, up to the last one", async () => {
  const own = await trainTiny(forecasting, { ...config, series: { context: 8, horizon: 4 } }, swing(0, 60), {
    steps: 20,
    learningRate: 0.01,
  });
  const odd = swing(60, 30).map((record, index) =>
    index === 20 || index === 29 ? { ...record, values: { ...record.values, target: "60" } } : record,
  );
  const evaluation = await own.model.evaluate(await own.pipeline.encode(odd, "each step"));
  const rows = [...evaluation.lines()].flatMap((line) => forecasting.surprises!(line));
  expect(rows).toHaveLength(22); // all but the first context
  const first = rows.findIndex(({ value }) => value === 60);
  expect(rows[first]).toMatchObject({ time: new Date(80 * 3_600_000).toISOString().replace(".000", "") });
  const { forecast, high, score } = rows[first] as Record<string, number>;
  expect(score).toBeCloseTo((60 - forecast!) / (high! - forecast!), 9);
  const before = rows.slice(0, first).map((row) => Number(row.score));
  expect(score).toBeGreaterThan(5 * Math.max(...before));
  expect(rows.at(-1)).toMatchObject({ value: 60 });
});

test("a split without a window, and a column without a number, are named", async () => {
  const plan = forecasting.plan(forecasting.configSchema.parse(config));
  const pipeline = await plan.fit(hours(0, 30), readNothing);
  await expect(pipeline.encode(hours(0, 5), "dev")).rejects.toThrow("dev has no window of 8 steps of context and 4");
  await expect(plan.fit(hours(0, 30, false), readNothing)).rejects.toThrow("train has no number for target");
});
