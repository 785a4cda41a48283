/** Networks of layers give in ONNX Runtime, and opened here, what they give themselves and what Keras gave of them. */
import {
  bidirectional,
  dense,
  embedding,
  input,
  layerClassNames,
  lstm,
  type Model,
  masking,
  model,
  type Predictions,
  sequential,
} from "@cellstate/layers";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGolden, goldenCases } from "../../layers/test/golden-models.ts";
import { exportNetwork, openOnnx } from "../src/index.ts";
import { runtimeModel } from "./onnx-runtime.ts";

type Nested = number | readonly Nested[];

/** What is trained in other ways is built of the same layers. */
const cases = goldenCases.filter(({ name }) => !/^trained/.test(name));

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

/** Weights that are nowhere 0, and variances above it. */
function drawWeights(net: Model<unknown>): void {
  const stream = new Rng(3).stream("weights");
  const values = net.getWeights().map(({ name, data }) => {
    const drawn = stream.fork(name).uniform(data.length, -0.5, 0.5);
    return name.includes("variance") ? drawn.map((value) => Math.abs(value) + 0.5) : drawn;
  });
  net.setWeights(values);
}

const shapeOf = (nested: Nested): number[] =>
  typeof nested === "number" ? [] : [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]!) : [])];
const numbersOf = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(numbersOf));

/** Feeds of all inputs, of the first examples only. */
function feedsOf(data: Readonly<Record<string, Nested>>, examples?: number) {
  return Object.fromEntries(
    Object.entries(data).map(([name, nested]) => {
      const rows = (nested as readonly Nested[]).slice(0, examples);
      return [name, { shape: shapeOf(rows), data: Float32Array.from(numbersOf(rows)) }];
    }),
  );
}

async function expectSame(net: Model<unknown>, feedings: readonly ReturnType<typeof feedsOf>[]): Promise<void> {
  const bytes = exportNetwork(net.network());
  const judges = [await runtimeModel(bytes), openOnnx(bytes, { session })];
  for (const feeds of feedings) {
    net.resetStates();
    const known = [await net.predict(feeds)].flat() as Predictions[];
    for (const judge of judges) {
      const results = Object.values(await judge.run(feeds));
      expect(results).toHaveLength(known.length);
      known.forEach(({ shape, data }, at) => {
        expect(results[at]!.shape).toEqual(shape);
        data.forEach((value, element) => {
          expect(results[at]!.data[element]).toBeCloseTo(value, 5);
        });
      });
    }
  }
}

describe("an exported network gives the same in ONNX Runtime and here", () => {
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", async (_name, golden) => {
    const net = buildGolden(golden);
    await net.build({ session });
    drawWeights(net);
    await expectSame(net, [feedsOf(golden.data), feedsOf(golden.data, 1)]);
  });

  test("every layer is among them", () => {
    const seen = new Set(cases.flatMap(({ nodes }) => nodes.map(({ className }) => className)));
    expect(layerClassNames.filter((name) => !seen.has(name) && name !== "InputLayer")).toEqual([]);
  });

  test("with padding before, behind and between the tokens, in batches of any size and length", async () => {
    const net = sequential([
      embedding(9, 3, { maskZero: true }),
      bidirectional(lstm(3, { returnSequences: true })),
      lstm(4, { returnSequences: true, goBackwards: true }),
      lstm(3, { activation: "softsign" }),
      dense(2, { activation: "softmax" }),
    ]);
    await net.build({ session });
    drawWeights(net);
    const { inputs } = net.network();
    const feeds = (rows: Nested) => feedsOf({ [inputs[0]!.name]: rows });
    await expectSame(net, [
      feeds([[4, 2, 8]]),
      feeds([
        [0, 0, 5, 1, 3],
        [7, 0, 0, 2, 0],
        [0, 0, 0, 0, 0],
        [1, 2, 3, 4, 5],
      ]),
      feeds([
        [1, 0],
        [0, 6],
      ]),
    ]);
  });

  test("with states that are handed on where steps are masked", async () => {
    const x = input({ shape: [null, 2], name: "x" });
    const [, hidden, cell] = lstm(3, { returnState: true }).apply(x);
    const real = masking().apply(x);
    const outputs = lstm(3, { returnSequences: true, activation: "elu" }).apply(real, {
      initialState: [hidden, cell],
    });
    const net = model({ inputs: [x], outputs: [outputs] });
    await net.build({ session });
    drawWeights(net);
    await expectSame(net, [
      feedsOf({
        x: [
          [
            [0, 0],
            [1, -1],
            [0, 0],
            [2, 0.5],
          ],
          [
            [0.5, 1],
            [0, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      }),
      feedsOf({ x: [[[0, 0]], [[1, 2]]] }),
    ]);
  });
});

test("names of ports are those of the layers, also where nodes are called so", async () => {
  const x = input({ shape: [null, 2], name: "transpose_0" });
  const y = lstm(2, { name: "lstm_3" }).apply(x);
  const net = model({ inputs: [x], outputs: [y, dense(1, { name: "up" }).apply(y)] });
  await net.build({ session });
  const { inputs, outputs, metadata } = openOnnx(exportNetwork(net.network(), { task: "forecast" }), { session });
  expect(inputs).toEqual([{ name: "transpose_0", type: "float32", shape: ["batch", "transpose_0_extent_1", 2] }]);
  expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ["lstm_3", ["batch", 2]],
    ["up", ["batch", 1]],
  ]);
  expect(metadata.get("cellstate.task")).toBe("forecast");
});

test("what cannot be written is refused by the name of its layer", async () => {
  const net = sequential([dense(2, { inputShape: [3], name: "first" })]);
  await net.build({ session });
  const network = net.network();
  const layers = network.layers.map((layer) =>
    layer.className === "Dense" ? { ...layer, className: "Lambda" } : layer,
  );
  expect(() => exportNetwork({ ...network, layers })).toThrow(
    "layer first: layers of the class Lambda cannot be written as ONNX",
  );
});
