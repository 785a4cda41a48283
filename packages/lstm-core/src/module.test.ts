import { createSession, decodeSafetensors, encodeSafetensors, Rng, type Session } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { Embedding } from "./layers/embedding.ts";
import { Linear } from "./layers/linear.ts";
import { buildBlank } from "./layers/parameter.ts";
import { loadStateDict, type Module, namedParameters, parameterCount, stateDict } from "./module.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

function makeModel(seed: number): Module & { head: Linear } {
  const stream = new Rng(seed).stream("model");
  const embedding = new Embedding(session, { vocabSize: 5, embeddingSize: 3, stream: stream.fork("embedding") });
  const head = new Linear(session, { inputSize: 3, outputSize: 2, stream: stream.fork("head") });
  const scale = session.full([1], seed, { requiresGrad: true });
  return { head, parameters: () => namedParameters({ embedding, head, scale }) };
}

test("namedParameters joins names with dots and parameterCount counts their elements", () => {
  const model = makeModel(1);
  expect([...model.parameters().keys()]).toEqual(["embedding.weight", "head.weight", "head.bias", "scale"]);
  expect(parameterCount(model)).toBe(15 + 6 + 2 + 1);
});

test("a model built blank starts at zero, takes saved weights, and leaves later models alone", () => {
  const blank = buildBlank(session, () => makeModel(1));
  expect(blank.head.weight.readSync().every((value) => value === 0)).toBe(true);
  loadStateDict(blank, stateDict(makeModel(1)));
  expect(stateDict(blank)).toEqual(stateDict(makeModel(1)));
  expect(
    makeModel(1)
      .head.weight.readSync()
      .some((value) => value !== 0),
  ).toBe(true);
});

test("a state dict goes through a file into another module, to the bit", () => {
  const [from, to] = [makeModel(1), makeModel(2)];
  loadStateDict(to, decodeSafetensors(encodeSafetensors(stateDict(from))).tensors);
  expect(stateDict(to)).toEqual(stateDict(from));
});

test("a state dict that does not fit is refused with every fault and changes nothing", () => {
  const model = makeModel(1);
  const before = stateDict(model);
  const saved = stateDict(makeModel(2));
  saved.delete("scale");
  saved.set("head.bias", { dtype: "float32", shape: [3], data: new Float32Array(3) });
  saved.set("head.weight", { dtype: "int32", shape: [2, 3], data: new Int32Array(6) });
  saved.set("tail", { dtype: "float32", shape: [1], data: new Float32Array(1) });
  const load = () => loadStateDict(model, saved);
  expect(load).toThrow("missing: scale [1]");
  expect(load).toThrow("shape: head.bias must be [2], is [3]");
  expect(load).toThrow("type: head.weight must be float32, is int32");
  expect(load).toThrow("unexpected: tail");
  expect(stateDict(model)).toEqual(before);
});
