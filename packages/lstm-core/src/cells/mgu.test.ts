/** The unit's formula, gradients and learning; padding, single rows and single steps: test/recurrent.test.ts, as of every kind. */
import { adamStep, backward, createSession, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { Linear } from "../layers/linear.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { evaluationStep, namedParameters, type StepContext } from "../module.ts";
import { buildPooling } from "../pooling/poolings.ts";
import { Mgu, mguCell } from "./mgu.ts";

const sizes = { numLayers: 1, bidirectional: false, dropoutRate: 0 };

test("mguCell replaces by its gate what the candidate, seen through the same gate, says", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const weights = {
    weightIh: session.tensor([0.5, -1], [2, 1]),
    weightHh: session.tensor([2, 0.75], [2, 1]),
    biasIh: session.tensor([0.1, 0.2], [2]),
    biasHh: session.tensor([-0.3, 0.4], [2]),
  };
  const { hiddenState } = mguCell(weights, session.tensor([1.5], [1, 1]), {
    hiddenState: session.tensor([0.6], [1, 1]),
  });
  const f = 1 / (1 + Math.exp(-(0.5 * 1.5 + 2 * 0.6 + 0.1 - 0.3)));
  const candidate = Math.tanh(-1.5 + 0.75 * (f * 0.6) + 0.2 + 0.4);
  expect(hiddenState.item()).toBeCloseTo((1 - f) * 0.6 + f * candidate, 14);
});

test("gradients of ragged bidirectional layers with dropout agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const stream = new Rng(3).stream("mgu");
  const options = { ...sizes, inputSize: 3, hiddenSize: 2, numLayers: 2, bidirectional: true, stream };
  const layer = new Mgu(session, { ...options, dropoutRate: 0.3, recurrentDropoutRate: 0.3 });
  const input = session.tensor(stream.fork("input").normal(27), [3, 3, 3], { requiresGrad: true });
  const step: StepContext = { training: true, step: 1, examples: Int32Array.of(4, 0, 2) };
  const loss = () => sum(square(layer.forward(input, { lengths: Int32Array.of(3, 0, 2), step }).output));
  checkGradients(loss, [input, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

/** Trains a classifier on texts of two tokens whose label is the first one, to be kept until the end; returns the losses. */
function learnFirstToken(session: Session, texts: readonly number[][], steps: number): number[] {
  const stream = new Rng(5).stream("classifier");
  const seqLen = Math.max(...texts.map((text) => text.length));
  const lengths = Int32Array.from(texts, (text) => text.length);
  const vectors = texts.flatMap((text) =>
    Array.from({ length: seqLen }, (_, time) => [Number(text[time] === 0), Number(text[time] === 1)]).flat(),
  );
  const encoder = new Mgu(session, { ...sizes, inputSize: 2, hiddenSize: 8, stream });
  const pooling = buildPooling(session, "last", { layers: encoder, stream });
  const head = new Linear(session, { inputSize: 8, outputSize: 2, stream: stream.fork("head") });
  const moments = [...namedParameters({ encoder, head })].map(([name, parameter]) => ({
    ...{ name, parameter },
    firstMoment: session.zeros(parameter.shape),
    secondMoment: session.zeros(parameter.shape),
  }));
  const rule = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false, gradientScale: 1 };
  return Array.from({ length: steps }, (_, step) => {
    using _scope = session.scope();
    const result = encoder.forward(session.tensor(vectors, [texts.length, seqLen, 2]), { lengths });
    const logits = head.forward(pooling.forward(result, lengths, evaluationStep));
    const loss = crossEntropy(
      logits,
      Int32Array.from(texts, ([first]) => first!),
    );
    const gradients = backward(loss);
    const parameters = moments.map((moment) => ({
      ...moment,
      gradient: gradients.get(moment.parameter)!,
      step: step + 1,
    }));
    adamStep(parameters, { ...rule, learningRate: 0.02 });
    return loss.item();
  });
}

test("a tiny classifier learns to remember the first token", async () => {
  const session = await createSession({ backend: "reference" });
  const texts = [[0, 1, 1, 0, 1], [1, 1, 1, 0, 1], [0, 0, 1], [1, 0, 1], [0, 1], [1, 0], [0], [1]];
  const losses = learnFirstToken(session, texts, 120);
  expect(losses[0]).toBeGreaterThan(0.5);
  expect(losses.at(-1)).toBeLessThan(0.05);
});
