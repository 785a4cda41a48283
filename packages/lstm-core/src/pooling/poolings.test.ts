import { createSession, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { Lstm } from "../layers/lstm.ts";
import { evaluationStep } from "../module.ts";
import { buildPooling, type PoolingName, poolingNames } from "./poolings.ts";

const lengths = Int32Array.of(2, 3, 0);

async function run(bidirectional: boolean) {
  const session = await createSession({ backend: "reference" });
  const stream = new Rng(4).stream("pooling");
  const layer = new Lstm(session, { inputSize: 2, hiddenSize: 2, numLayers: 2, bidirectional, dropoutRate: 0, stream });
  const result = layer.forward(session.tensor(stream.normal(18), [3, 3, 2]), { lengths });
  const pool = (name: PoolingName) =>
    buildPooling(session, name, { layers: layer, stream }).forward(result, lengths, evaluationStep).readSync();
  return { session, layer, result, pool };
}

test("last of a bidirectional layer is the forward output at the end and the reverse output at the start", async () => {
  const { result, pool } = await run(true);
  const output = result.output.readSync(); // [3, 3, 4]
  const at = (row: number, time: number, feature: number) => output[(row * 3 + time) * 4 + feature];
  expect([...pool("last")]).toEqual([
    ...[at(0, 1, 0), at(0, 1, 1), at(0, 0, 2), at(0, 0, 3)],
    ...[at(1, 2, 0), at(1, 2, 1), at(1, 0, 2), at(1, 0, 3)],
    ...[0, 0, 0, 0],
  ]);
});

test("last of one direction is its final state, and max and mean skip padding", async () => {
  const { result, pool } = await run(false);
  const output = result.output.readSync(); // [3, 3, 2]
  expect(pool("last")).toEqual(result.state.at(-1)!.hiddenState.readSync());
  expect(pool("max")[0]).toBe(Math.max(output[0]!, output[2]!));
  expect(pool("mean")[0]).toBeCloseTo((output[0]! + output[2]!) / 2, 6);
  expect([...pool("max").slice(4), ...pool("mean").slice(4)]).toEqual([0, 0, 0, 0]);
});

test.each(poolingNames)("%s gives as many features as it says, and zeros for an empty row", async (name) => {
  const { session, layer, result } = await run(true);
  const pooling = buildPooling(session, name, { layers: layer, stream: new Rng(4).stream(name) });
  const pooled = pooling.forward(result, lengths, evaluationStep);
  expect(pooled.shape).toEqual([3, pooling.outputSize]);
  expect([...pooled.readSync().slice(2 * pooling.outputSize)]).toEqual(new Array(pooling.outputSize).fill(0));
});
