/** Metrics give what Keras's give; those that have the name of a loss are that loss, batch by batch and masked like it. */
import { readFileSync } from "node:fs";
import { createSession, type Session, sum, type Tensor } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activation, dense, input, type MetricOption, masking, model, sequential } from "../src/index.ts";
import { metricNames } from "../src/train/metrics.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

afterAll(() => session.dispose());

const x = [
  [0.5, -1],
  [2, 0.25],
  [-0.75, 1.5],
];
const y = [
  [1, 0],
  [0, 1],
  [1, 0],
];

test.each([
  "meanSquaredError",
  "meanAbsoluteError",
  "meanAbsolutePercentageError",
  "meanSquaredLogarithmicError",
  "logCosh",
  "huber",
  "poisson",
  "klDivergence",
  "hinge",
  "squaredHinge",
  "categoricalHinge",
  "cosineSimilarity",
])("%s", async (name) => {
  const model = sequential([
    dense(2, { activation: name === "klDivergence" ? "softmax" : "softplus", inputShape: [2] }),
  ]);
  model.compile({ optimizer: "sgd", loss: name, metrics: [name], session });
  await model.build();
  model.setWeights([
    [0.5, -0.25, 1, 0.75],
    [0.125, -0.5],
  ]);
  const { loss, [name]: metric } = await model.evaluate(x, y, { batchSize: 2 });
  expect(metric).toBeCloseTo(name === "cosineSimilarity" ? -loss! : loss!, 5);
});

interface Golden {
  readonly data: Readonly<Record<string, { readonly predictions: number[][]; readonly targets: number[][] }>>;
  readonly cases: readonly { readonly metric: MetricOption; readonly data: string; readonly value: number }[];
  /** Of `keras.metrics`. */
  readonly classes: readonly string[];
}

const golden = JSON.parse(readFileSync(new URL("golden/metrics.json", import.meta.url), "utf8")) as Golden;

/** Metrics do not depend on it. */
const anyLoss = (prediction: Tensor) => sum(prediction);

/** A model that predicts what it is given. */
const echo = (width: number) => sequential([activation("linear", { inputShape: [width] })]);

/** Its metrics over batches of four. */
async function evaluated(metrics: readonly MetricOption[], { predictions, targets }: Golden["data"][string]) {
  const net = echo(predictions[0]!.length);
  net.compile({ loss: anyLoss, metrics, session });
  return await net.evaluate(predictions, targets, { batchSize: 4 });
}

test.each(golden.cases)("$metric of $data: as in Keras", async ({ metric, data, value }) => {
  const { loss: _, ...found } = await evaluated([metric], golden.data[data]!);
  const name = typeof metric === "string" ? metric : (metric as { readonly kind: string }).kind;
  expect(Object.keys(found)).toEqual([name]);
  expect(Math.abs(found[name]! - value) / Math.max(1, value)).toBeLessThan(1e-6); // Keras sums up in float32
});

test("metrics go by names of their own, and count no masked steps", async () => {
  const source = input({ shape: [3, 1] });
  const net = model({ inputs: source, outputs: masking({ maskValue: -1 }).apply(source) });
  const metrics = [{ kind: "r2Score", name: "fit" }, { kind: "truePositives", name: "found" }, "huber"];
  net.compile({ loss: anyLoss, metrics, session });
  const steps = [
    [[0.25], [2], [-1]],
    [[0.75], [-1], [-1]],
  ];
  const logs = await net.evaluate(steps, [
    [[0], [1], [7]],
    [[1], [7], [7]],
  ]);
  const residuals = 0.25 ** 2 + 1 + 0.25 ** 2;
  expect(logs).toMatchObject({ fit: 1 - residuals / (2 - 4 / 3), found: 2, huber: expect.closeTo(residuals / 6) });
});

test.each<[unknown, string]>([
  ["r3_score", "did you mean r2Score?"],
  [{ kind: "auc", k: 3 }, "expected options of the metric auc to be among curve, numThresholds, got k"],
  [{ kind: "mse", delta: 3 }, "expected options of the metric mse to be among none, got delta"],
  [
    "precisionAtRecall",
    'expected the metric precisionAtRecall to be with recall, as in { kind: "precisionAtRecall", recall: 0.9 }',
  ],
  [
    { kind: "recallAtPrecision", precision: 1.5 },
    "expected precision of the metric recallAtPrecision to be in [0, 1], got 1.5",
  ],
  [{ kind: "f1Score", average: "none" }, "to be macro, weighted or micro, got none"],
  [{ kind: "auc", curve: "roc" }, "to be ROC or PR, got roc"],
  [{ kind: "topKCategoricalAccuracy", k: 0 }, "to be an integer >= 1, got 0"],
  [{ kind: "huber", delta: "1" }, "expected delta of the metric huber to be a number"],
])("%j is refused", (metric, message) => {
  const net = echo(2);
  expect(() => net.compile({ loss: "mse", metrics: [metric as MetricOption], session })).toThrow(message);
});

test("the README says of each metric of Keras what it is called here, or that it is missing", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.slice(readme.indexOf("## Metrics"), readme.indexOf("## Adding a layer"));
  const rows = [...section.matchAll(/^\| (\S.*?) +\| `(.*?)`/gm)].map(([, theirs, ours]) => [theirs!, ours!] as const);
  const known = rows.flatMap(([theirs]) => theirs.split(", ")).filter((name) => name !== "the function `huber`");
  const absent = [.../Missing are [\s\S]*?:/.exec(section)![0].matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  const bases = ["Metric", "MeanMetricWrapper"]; // to make one's own of
  expect([...known, ...absent].sort()).toEqual(golden.classes.filter((name) => !bases.includes(name)).sort());
  const ours = rows.flatMap(([, names]) => names.split(" "));
  expect([...ours, "accuracy"].sort()).toEqual([...metricNames].sort());
});
