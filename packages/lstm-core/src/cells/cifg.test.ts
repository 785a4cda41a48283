/** The cell's formula and gradients; padding, single rows and single steps: test/recurrent.test.ts, as of every kind. */
import { createSession, Rng, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import type { StepContext } from "../module.ts";
import { Cifg, cifgCell } from "./cifg.ts";

test("cifgCell lets in what the forget gate lets go", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const weights = {
    weightIh: session.tensor([0.5, -1, 0.3], [3, 1]),
    weightHh: session.tensor([2, 0.75, -0.4], [3, 1]),
    biasIh: session.tensor([0.1, 0.2, 0.3], [3]),
    biasHh: session.tensor([-0.3, 0.4, 0.05], [3]),
  };
  const previous = { hiddenState: session.tensor([0.6], [1, 1]), cellState: session.tensor([-1.2], [1, 1]) };
  const { hiddenState, cellState } = cifgCell(weights, session.tensor([1.5], [1, 1]), previous);
  const gate = (x: number) => 1 / (1 + Math.exp(-x));
  const f = gate(0.5 * 1.5 + 2 * 0.6 + 0.1 - 0.3);
  const candidate = Math.tanh(-1.5 + 0.75 * 0.6 + 0.2 + 0.4);
  const c = f * -1.2 + (1 - f) * candidate;
  expect(cellState.item()).toBeCloseTo(c, 14);
  expect(hiddenState.item()).toBeCloseTo(gate(0.3 * 1.5 - 0.4 * 0.6 + 0.3 + 0.05) * Math.tanh(c), 14);
});

test("gradients of ragged bidirectional layers with dropout agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const stream = new Rng(3).stream("cifg");
  const options = { inputSize: 3, hiddenSize: 2, numLayers: 2, bidirectional: true, stream };
  const layer = new Cifg(session, { ...options, dropoutRate: 0.3, recurrentDropoutRate: 0.3 });
  const input = session.tensor(stream.fork("input").normal(27), [3, 3, 3], { requiresGrad: true });
  const step: StepContext = { training: true, step: 1, examples: Int32Array.of(4, 0, 2) };
  const loss = () => sum(square(layer.forward(input, { lengths: Int32Array.of(3, 0, 2), step }).output));
  checkGradients(loss, [input, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("the forget gate starts open, so that a new cell remembers", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = new Cifg(session, { inputSize: 1, hiddenSize: 2, stream: new Rng(1).stream("cifg") });
  expect([...layer.weightsOf(0).biasIh.readSync()]).toEqual([1, 1, 0, 0, 0, 0]);
});
