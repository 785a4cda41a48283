import { add, backward, createSession, denseGradient, Rng, square, sum, type Tensor, tanh } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { Gru } from "./gru.ts";

const [batchSize, seqLen, inputSize, hiddenSize] = [4, 5, 3, 7];
const step = { training: true, step: 2, examples: Int32Array.of(8, 3, 5, 6) };

test.each([
  { recurrentDropoutRate: 0 },
  { recurrentDropoutRate: 0.3, bidirectional: true },
  { bias: false, weightDropRate: 0.3, readingOrder: "reverse" as const },
])("a reset gate before the product gives the bits of its formula in small ops, with %o", async (options) => {
  const session = await createSession({ backend: "reference" });
  const stream = new Rng(3).stream("gru");
  const values = stream.fork("x").normal(batchSize * seqLen * inputSize);
  const bitsWith = (activation: "tanh" | ((x: Tensor) => Tensor)) => {
    const x = session.tensor(values, [batchSize, seqLen, inputSize], { requiresGrad: true });
    const layer = new Gru(session, { inputSize, hiddenSize, resetAfter: false, stream, activation, ...options });
    const { output, state } = layer.forward(x, { lengths: Int32Array.of(5, 1, 0, 3), step });
    const bits = [[...output.readSync()]];
    const gradients = backward(add(sum(square(output)), sum(state[0]!.hiddenState)));
    for (const tensor of [x, ...layer.parameters().values()]) {
      bits.push([...denseGradient(gradients.get(tensor)!).readSync()]);
    }
    return bits;
  };
  expect(bitsWith("tanh")).toEqual(bitsWith((x) => tanh(x))); // a function of one's own is walked in small ops
});
