/** Options of the recurrent operators, and loops of Keras, as ONNX Runtime computes them: made by `golden/make_runtime_nodes.py`. */
import { readFileSync } from "node:fs";
import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { openOnnx } from "../src/index.ts";
import { expectClose, feedsOf, type GoldenTensor } from "./golden-tensor.ts";

interface RuntimeCase {
  readonly name: string;
  readonly model: string;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
}

const file = new URL("golden/runtime_nodes.json", import.meta.url);
const cases: readonly RuntimeCase[] = JSON.parse(readFileSync(file, "utf8"));

test.each(cases)("$name, with the same bits on each backend", async ({ model, inputs, outputs }) => {
  const results = [];
  for (const backend of ["reference", "wasm", "native"] as const) {
    const session = await createSession({ backend, threads: 1 });
    results.push(await openOnnx(Buffer.from(model, "base64"), { session }).run(feedsOf(inputs)));
    await session.dispose();
  }
  for (const [name, golden] of Object.entries(outputs)) expectClose(results[0]![name], golden, 1e-5);
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});
