/** Layers of Keras with each of their options: the same predictions from the same config and weights. */
import { importKeras } from "@cellstate/interchange";
import { createSession, type Session } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { asTfjs, distance, goldenModels } from "./keras-golden.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession();
});

test.each(goldenModels)("$name: predicts what Keras predicts", async (golden) => {
  const files = asTfjs(golden);
  const { model, kerasVersion } = await importKeras("model.json", async (path) => files.get(path), { session });
  expect(kerasVersion).toBe("3");
  const inputs = golden.inputs.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) }));
  const predicted = await model.predict(inputs.length === 1 ? inputs[0]! : inputs);
  const outputs = golden.outputs.length === 1 ? [predicted] : (predicted as readonly unknown[]);
  for (const [index, output] of golden.outputs.entries()) {
    expect(distance(outputs[index] as Parameters<typeof distance>[0], output)).toBeLessThan(1e-5);
  }
});
