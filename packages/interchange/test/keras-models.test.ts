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

/** A node as Keras 3 writes it. */
interface Node {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

type History = readonly [layer: string, call: number, output: number];

function historiesIn(value: unknown): History[] {
  if (Array.isArray(value)) return value.flatMap(historiesIn);
  const { config } = (value ?? {}) as { readonly config?: { readonly keras_history?: History } };
  return config?.keras_history === undefined ? [] : [config.keras_history];
}

/** How Keras 2 wrote calls: states in the options of the call, as TensorFlow has them, or behind the sequence. */
const STYLES = {
  "states in options": ({ args, kwargs }: Node) => {
    const states = historiesIn(kwargs.initial_state);
    return historiesIn(args).map((one) => [...one, states.length === 0 ? {} : { initial_state: states }]);
  },
  "states behind the sequence": ({ args, kwargs }: Node) =>
    [...historiesIn(args), ...historiesIn(kwargs.initial_state)].map((one) => [...one, {}]),
};

test.each(Object.entries(STYLES))("%s: calls of Keras 2 mean what those of Keras 3 mean", async (_, written) => {
  const golden = goldenModels.find(({ name }) => name === "encoder and decoder")!;
  const config = JSON.parse(JSON.stringify(golden.config)) as {
    class_name: string;
    module?: string;
    config: { layers: { inbound_nodes: unknown[] }[] };
  };
  for (const layer of config.config.layers)
    layer.inbound_nodes = layer.inbound_nodes.map((node) => written(node as Node));
  const files = asTfjs({ ...golden, config: { ...config, keras_version: "2.4.0" } });
  const { model, kerasVersion } = await importKeras("model.json", async (path) => files.get(path), { session });
  expect(kerasVersion).toBe("2.4.0");
  const predicted = await model.predict(
    golden.inputs.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) })),
  );
  expect(distance(predicted as Parameters<typeof distance>[0], golden.outputs[0]!)).toBeLessThan(1e-5);
});
