/** Metrics that have the name of a loss are that loss, batch by batch and masked like it. */
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dense, sequential } from "../src/index.ts";

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
