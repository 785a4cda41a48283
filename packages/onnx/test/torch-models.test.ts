/** Models that PyTorch's exporters wrote, by `golden/make_torch_models.py`, against PyTorch's own outputs. */
import { readFileSync } from "node:fs";
import { createSession } from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { onnxInOneFile, openOnnx } from "../src/index.ts";
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

interface ExternalGolden {
  /** Base64 by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly ids: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
}

test("a model that PyTorch wrote as two files predicts as in PyTorch once they are one", async () => {
  const source = new URL("golden/external-data.json", import.meta.url);
  const { files, ids, scores } = JSON.parse(readFileSync(source, "utf8")) as ExternalGolden;
  const given = Buffer.from(files["network.onnx"]!, "base64");
  const externalData = (name: string) => (Object.hasOwn(files, name) ? Buffer.from(files[name]!, "base64") : undefined);
  const session = await createSession({ backend: "wasm", threads: 1 });
  const joined = onnxInOneFile(given, { externalData });
  expect(joined.length).toBeGreaterThan(Buffer.from(files["network.onnx.data"]!, "base64").length);
  const feeds = { ids: { shape: [ids.length, ids[0]!.length], data: ids.flat() } };
  const { scores: found } = await openOnnx(joined, { session }).run(feeds);
  scores.flat().forEach((score, at) => {
    expect(found!.data[at]).toBeCloseTo(score, 5);
  });
  expect(onnxInOneFile(joined, { externalData })).toBe(joined);
  expect(() => onnxInOneFile(given, { externalData: () => undefined })).toThrow(
    'tensor "embedding.weight": expected the file network.onnx.data beside the model, got none',
  );
  await session.dispose();
});
