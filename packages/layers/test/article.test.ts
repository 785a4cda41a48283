/** The program that people know from articles on Keras, line for line, and the accuracy that Keras reaches with it on the same data. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { Lcg } from "./lcg.ts";

const golden = JSON.parse(readFileSync(new URL("golden/article.json", import.meta.url), "utf8")) as {
  readonly accuracies: readonly number[];
  readonly mean: number;
};

const [nSteps, nFeatures] = [10, 2];

/** 1,600 sequences; whether the sum of the first feature is above 0. */
function makeData() {
  const lcg = new Lcg(5);
  const x = Array.from({ length: 1600 }, () =>
    Array.from({ length: nSteps }, () => Array.from({ length: nFeatures }, () => lcg.next())),
  );
  const y = x.map((row) => Number(row.reduce((total, [first]) => total + first!, 0) > 0));
  return { xTrain: x.slice(0, 600), yTrain: y.slice(0, 600), xTest: x.slice(600), yTest: y.slice(600) };
}

test("the article's program reaches Keras's accuracy on the same data, mean over the same number of seeds", async () => {
  vi.resetModules(); // as in a process of its own, where nobody has been warned yet
  const { createSession } = await import("@cellstate/tensor");
  const { dense, lstm, sequential } = await import("../src/index.ts");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { xTrain, yTrain, xTest, yTest } = makeData();
  const session = await createSession();
  const accuracies: number[] = [];
  for (const seed of golden.accuracies.keys()) {
    const model = sequential();
    model.add(lstm(50, { activation: "relu", inputShape: [nSteps, nFeatures] }));
    model.add(dense(1, { activation: "sigmoid" }));
    model.compile({ optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"], session, seed });
    await model.fit(xTrain, yTrain, { epochs: 20, batchSize: 32, validationSplit: 0.2, verbose: 0 });
    accuracies.push((await model.evaluate(xTest, yTest)).accuracy!);
    expect((await model.predict(xTest)).shape).toEqual([1000, 1]);
  }
  await session.dispose();
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
  expect(mean, accuracies.join(" ")).toBeGreaterThanOrEqual(golden.mean);
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/relu.*clip/s));
  warn.mockRestore();
});
