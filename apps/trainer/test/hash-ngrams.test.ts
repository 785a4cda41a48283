import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const ngrams = ["--set", "model.embedding={ kind: hash-ngrams, size: 8, buckets: 500 }"];
const train = (...args: string[]) =>
  inProcess(["train", "--config", "tiny.yaml", "--quiet", ...ngrams, ...args], folder);
const weightsOf = (run: string) => readFileSync(join(folder, run, "model", "model.safetensors"));

beforeAll(() => {
  tinyConfig(folder);
});

test("a classifier of character n-grams learns, is saved, and predicts", async () => {
  expect((await train("--set", "training.epochs=8", "--out", "ngrams")).code).toBe(0);
  const { metrics } = JSON.parse(readFileSync(join(folder, "ngrams", "result.json"), "utf8"));
  expect(metrics.test.accuracy).toBeGreaterThan(0.9);
  const { tensors } = decodeSafetensors(weightsOf("ngrams"));
  const { shape, data } = tensors.get("embedding.weight")!;
  expect(shape).toEqual([501, 8]); // a row of zeros before the buckets
  expect([...data.subarray(0, 8)]).toEqual(new Array(8).fill(0));
  const { stdout } = await inProcess(["predict", "ngrams/model", "the book was awful"], folder);
  expect(JSON.parse(stdout).prediction).toBe("negative");
});

test("all backends give the same bytes", async () => {
  const backends = ["reference", "wasm", "native"];
  for (const backend of backends) {
    expect((await train("--set", "training.maxSteps=5", "--backend", backend, "--out", backend)).code).toBe(0);
  }
  expect(weightsOf("wasm")).toEqual(weightsOf("reference"));
  expect(weightsOf("native")).toEqual(weightsOf("reference"));
});

test("a longest n-gram that is shorter than the shortest is refused", async () => {
  const { code, stderr } = await train(
    "--set",
    "model.embedding={ kind: hash-ngrams, size: 8, minLength: 5, maxLength: 4 }",
  );
  expect(code).toBe(2);
  expect(stderr).toContain("model.embedding.minLength: must be at most maxLength");
});
