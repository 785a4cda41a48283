/** Multi-head attention against PyTorch, and what PyTorch's own does not promise: padding, empty rows, bits. */
import { add, backward, createSession, denseGradient, mul, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { goldenLayers, goldenPrecisions, holdToGolden } from "../../test/layers-golden.ts";
import { expectSameBits } from "../../test/support/same-bits.ts";
import type { StepContext } from "../module.ts";
import { type AttendOptions, MultiHeadAttention, type MultiHeadAttentionOptions } from "./multi-head-attention.ts";

expect.extend({ toEqualTensorBits });

interface GoldenOptions {
  readonly layer: Omit<MultiHeadAttentionOptions, "stream">;
  readonly call: { lengths: number[] | null; keyLengths: number[] | null; causal: boolean };
}

describe.each(goldenPrecisions)("in $dtype", (precision) => {
  test.each(goldenLayers("attention"))("gives what PyTorch gives, forward and backward: $name", async (golden) => {
    const { layer: options, call } = golden.options as unknown as GoldenOptions;
    await holdToGolden(golden, precision, (session, stream) => {
      const layer = new MultiHeadAttention(session, { ...options, stream });
      const array = (lengths: number[] | null) => (lengths === null ? undefined : Int32Array.from(lengths));
      return {
        module: layer,
        forward: ({ queries, keys, values }) => {
          const [lengths, keyLengths] = [array(call.lengths), array(call.keyLengths)];
          const { output, weights } = layer.forward(queries!, { ...call, keys, values, lengths, keyLengths });
          return { output, weights };
        },
      };
    });
  });
});

const stream = new Rng(7).stream("attention");
const make = (session: Session, more: Partial<MultiHeadAttentionOptions> = {}) =>
  new MultiHeadAttention(session, { size: 4, heads: 2, stream, ...more });

test("gradients of ragged rows, one of them empty, agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const layer = make(session, { valueSize: 3 });
  const input = (name: string, time: number, size: number) =>
    session.tensor(stream.fork(name).normal(3 * time * size), [3, time, size], { requiresGrad: true });
  const [queries, keys, values] = [input("queries", 2, 4), input("keys", 3, 4), input("values", 3, 3)];
  const mask = session.tensor([1, 0, 1, 1, 1, 1], [2, 3]);
  const options: AttendOptions = {
    keys,
    values,
    lengths: Int32Array.of(2, 2, 1),
    keyLengths: Int32Array.of(3, 0, 2),
    mask,
  };
  const loss = () => {
    const { output, weights } = layer.forward(queries, options);
    return add(sum(square(output)), sum(square(weights)));
  };
  const inputs = [queries, keys, values, ...layer.parameters().values()];
  checkGradients(loss, inputs, { eps: 1e-5, rtol: 1e-6 });
});

/** Real outputs and weight gradients of rows that are padded with `filler` to `time` steps. */
function run(session: Session, time: number, filler: number, causal: boolean) {
  const layer = make(session, { dropoutRate: 0.4 });
  const lengths = [3, 0, 5];
  const values = new Float64Array(3 * time * 4).fill(filler);
  lengths.forEach((length, row) => {
    values.set(stream.fork(`row${row}`).normal(length * 4), row * time * 4);
  });
  const step: StepContext = { training: true, step: 2, examples: Int32Array.of(8, 3, 5) };
  const x = session.tensor(values, [3, time, 4]);
  const { output } = layer.forward(x, { lengths: Int32Array.from(lengths), causal, step });
  const all = output.readSync();
  const gradients = backward(sum(mul(output, add(output, 1))));
  return {
    outputs: lengths.flatMap((length, row) => [...all.subarray(row * time * 4, (row * time + length) * 4)]),
    padding: lengths.flatMap((length, row) => [...all.subarray((row * time + length) * 4, (row + 1) * time * 4)]),
    gradients: [...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync()),
  };
}

test.each([false, true])(
  "padding changes no bit of an output or a gradient, dropout included (causal: %s)",
  async (causal) => {
    const session = await createSession({ backend: "reference" });
    const tight = run(session, 5, 0, causal);
    const wide = run(session, 300, 9, causal); // so many that products over rows would be cut into blocks elsewhere
    expect(wide.outputs).toEqualTensorBits(tight.outputs);
    expect(wide.padding.every((value) => value === 0)).toBe(true);
    tight.gradients.forEach((want, index) => {
      expect(wide.gradients[index]!).toEqualTensorBits(want);
    });
  },
);

test("outputs and gradients have the same bits on every backend", async () => {
  await expectSameBits((session) => {
    const result = run(session, 7, 0, true);
    return [result.outputs, ...result.gradients];
  });
});

test("a query that sees no key finds nothing", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = make(session, { bias: false });
  const x = session.tensor(stream.fork("x").normal(12), [1, 3, 4]);
  const { output, weights } = layer.forward(x, { mask: session.tensor([1, 0, 0, 0, 0, 0, 1, 1, 1], [3, 3]) });
  expect([...weights.readSync().subarray(3, 6)]).toEqual([0, 0, 0]);
  expect([...output.readSync().subarray(4, 8)]).toEqual([0, 0, 0, 0]);
});

test("what does not fit is refused by name", async () => {
  const session = await createSession({ backend: "reference" });
  expect(() => make(session, { heads: 3 })).toThrow(
    "MultiHeadAttention: expected heads to be a divisor of size 4, got 3",
  );
  const layer = make(session);
  const x = session.zeros([1, 3, 4]);
  expect(() => layer.forward(session.zeros([1, 3, 5]))).toThrow(
    "MultiHeadAttention: expected queries of shape [batch, queryLen, 4], got [1, 3, 5]",
  );
  expect(() => layer.forward(x, { keys: session.zeros([2, 3, 4]) })).toThrow(
    "MultiHeadAttention: expected keys of shape [1, 3, 4], got [2, 3, 4]",
  );
  expect(() => layer.forward(x, { mask: session.zeros([3]) })).toThrow("a mask of shape [3, 3] or [1, 3, 3], got [3]");
  expect(() => layer.forward(x, { padMask: 1 } as object)).toThrow(/expected options to be among .*, got padMask/);
});
