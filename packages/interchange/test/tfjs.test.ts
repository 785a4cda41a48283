/** Models that TensorFlow.js itself saved; golden/make_tfjs.mjs had it do so. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { importKeras } from "@cellstate/interchange";
import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { distance, type GoldenTensor } from "./keras-golden.ts";

interface Golden {
  readonly name: string;
  readonly document: { readonly weightsManifest: readonly { readonly weights: readonly object[] }[] };
  /** Base64. */
  readonly weights: string;
  readonly inputs: readonly [GoldenTensor];
  readonly outputs: readonly [GoldenTensor];
}

const source = new URL("golden/tfjs.json.gz", import.meta.url);
const golden: readonly Golden[] = JSON.parse(gunzipSync(readFileSync(source)).toString());

test.each(golden)(
  "$name: predicts what TensorFlow.js predicts, also from shards",
  async ({ document, weights, inputs, outputs }) => {
    const bytes = new Uint8Array(Buffer.from(weights, "base64"));
    const cut = 4 * Math.floor(bytes.length / 12) + 2; // within a number
    const [{ weights: list }] = document.weightsManifest as [Golden["document"]["weightsManifest"][number]];
    const sharded = { ...document, weightsManifest: [{ paths: ["a.bin", "b.bin"], weights: list }] };
    const encode = (value: object) => new TextEncoder().encode(JSON.stringify(value));
    const session = await createSession();
    for (const files of [
      new Map([
        ["m/model.json", encode(document)],
        ["m/weights.bin", bytes],
      ]),
      new Map([
        ["m/model.json", encode(sharded)],
        ["m/a.bin", bytes.slice(0, cut)],
        ["m/b.bin", bytes.slice(cut)],
      ]),
    ]) {
      const { model } = await importKeras("m/model.json", async (path) => files.get(path), { session });
      const [{ shape, data }] = inputs;
      const predicted = await model.predict({ shape, data: Float32Array.from(data) });
      expect(distance(predicted as GoldenTensor, outputs[0])).toBeLessThan(1e-5);
    }
  },
);

test("weights in 8 and 16 bits are unpacked", async () => {
  const values = [0, 51, 102, 255];
  const weights = [
    { name: "dense/kernel", shape: [2, 2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.01, min: -1 } },
  ];
  const config = {
    name: "s",
    layers: [
      { class_name: "Dense", config: { name: "dense", units: 2, use_bias: false, batch_input_shape: [null, 2] } },
    ],
  };
  const document = {
    modelTopology: { class_name: "Sequential", config },
    weightsManifest: [{ paths: ["w"], weights }],
  };
  const files = new Map([
    ["model.json", new TextEncoder().encode(JSON.stringify(document))],
    ["w", Uint8Array.from(values)],
  ]);
  const { model } = await importKeras("model.json", async (path) => files.get(path));
  expect([...model.getWeights()[0]!.data]).toEqual(values.map((value) => Math.fround(value * 0.01 - 1)));
});
