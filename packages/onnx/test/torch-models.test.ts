/** Models that PyTorch's exporters wrote, by `golden/make_torch_models.py`, against PyTorch's own outputs. */
import { readFileSync } from "node:fs";
import { createSession } from "@cellstate/tensor";
import { describe, test } from "vitest";
import { openOnnx } from "../src/index.ts";
import { expectClose, feedsOf, type GoldenTensor } from "./golden-tensor.ts";

interface Run {
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
}

interface GoldenModel {
  readonly name: string;
  readonly model: string;
  readonly runs: readonly Run[];
}

function modelsOf(exporter: string): GoldenModel[] {
  return JSON.parse(readFileSync(new URL(`golden/torch_models/${exporter}.json`, import.meta.url), "utf8"));
}

describe.each(["dynamo", "torchscript"])("what PyTorch's exporter %s writes", (exporter) => {
  test.each(modelsOf(exporter))(
    "$name predicts as in PyTorch, for two batch sizes and lengths",
    async ({ model, runs }) => {
      const session = await createSession({ backend: "wasm", threads: 1 });
      const opened = openOnnx(Buffer.from(model, "base64"), { session });
      for (const { inputs, outputs } of runs) {
        const results = await opened.run(feedsOf(inputs));
        for (const [name, golden] of Object.entries(outputs)) expectClose(results[name], golden, 1e-5);
      }
      await session.dispose();
    },
  );
});
