/** The node tests of the ONNX project, made by `golden/make_node_tests.py`: a model of one node each. */
import { readdirSync, readFileSync } from "node:fs";
import { createSession } from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { openOnnx } from "../src/index.ts";
import { expectClose, feedsOf, type GoldenTensor } from "./golden-tensor.ts";

interface NodeTest {
  readonly name: string;
  readonly model: string;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
}

const folder = new URL("golden/node_tests/", import.meta.url);
const files = readdirSync(folder).sort();
const casesOf = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as NodeTest[];

/** Cases that are refused, by what the message says. */
const refused: readonly (readonly [name: RegExp, message: RegExp])[] = [
  [/^test_training_dropout/, /expected a model that was exported for inference/],
  [/^test_scan_sum$/, /expected version 9 of Scan/],
  [/^test_averagepool_2d_ceil_last_window_starts_on_pad$/, /expected ceil_mode 0 with count_include_pad 1/],
  [/^test_(de)?quantizelinear_blocked/, /the attribute block_size is not supported/],
  [/^test_maxpool_2d_uint8$/, /expected a tensor of fractions/],
  [/^test_maxpool_with_argmax/, /expected one output, got the indices too/],
];

describe.each(files)("node tests of ONNX, %s", (file) => {
  test.each(casesOf(file))("$name gives what the reference gives", async ({ name, model, inputs, outputs }) => {
    const session = await createSession({ backend: "wasm", threads: 1 });
    const [, message] = refused.find(([names]) => names.test(name)) ?? [];
    if (message) {
      await expect(async () => {
        await openOnnx(Buffer.from(model, "base64"), { session }).run(feedsOf(inputs));
      }).rejects.toThrow(message);
      return;
    }
    const opened = openOnnx(Buffer.from(model, "base64"), { session });
    const results = await opened.run(feedsOf(inputs));
    for (const [output, golden] of Object.entries(outputs)) expectClose(results[output], golden, 1e-5);
    await session.dispose();
  });
});

test("all cases of recurrent operators are there", () => {
  expect(casesOf("recurrent.json")).toHaveLength(18);
});
