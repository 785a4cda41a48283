/** xLSTM blocks against plain loops of what their figures say, their gradients and bits; padding and single steps: test/recurrent.test.ts. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  Rng,
  type Session,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../../test/support/same-bits.ts";
import type { RecurrentModule } from "../layers/recurrent-module.ts";
import { MlstmBlocks } from "./mlstm-blocks.ts";
import { SlstmBlocks } from "./slstm-blocks.ts";

expect.extend({ toEqualTensorBits });

type Vector = readonly number[];
/** A weight by its name without the layer's suffix, row by row. */
type Weights = (name: string) => { readonly rows: readonly Vector[]; readonly flat: Vector };

const hiddenSize = 4;
const heads = 2;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const swish = (x: number) => x * sigmoid(x);
/** The error function by its series, for small arguments. */
const erf = (x: number) => {
  let [term, total] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
};
const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));
const dot = (a: Vector, b: Vector) => a.reduce((total, x, i) => total + x * b[i]!, 0);
const times = (rows: readonly Vector[], x: Vector) => rows.map((row) => dot(row, x));
const plus = (a: Vector, b: Vector) => a.map((x, i) => x + b[i]!);
const by = (a: Vector, b: Vector) => a.map((x, i) => x * b[i]!);

function normal(x: Vector): number[] {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((total, value) => total + (value - mean) ** 2, 0) / x.length;
  return x.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
}

function perHead(x: Vector): number[] {
  const size = x.length / heads;
  return Array.from({ length: heads }, (_, head) => normal(x.slice(head * size, (head + 1) * size))).flat();
}

/** The convolution at each step over the steps before. */
function convolve(w: Weights, steps: readonly Vector[]): number[][] {
  const filters = w("conv_weight").rows;
  return steps.map((step, time) =>
    step.map((_, feature) => {
      const taps = filters[feature]!.map((weight, tap) => weight * (steps[time - 3 + tap]?.[feature] ?? 0));
      return taps.reduce((a, b) => a + b, w("conv_bias").flat[feature]!);
    }),
  );
}

const inputOf = (w: Weights, input: readonly Vector[]) => input.map((x) => times(w("weight_in").rows, x));
const normed = (w: Weights, name: string, x: Vector) =>
  plus(by(normal(x), w(`${name}_gain`).flat), w(`${name}_bias`).flat);

function slstmLoop(w: Weights, input: readonly Vector[]): number[][] {
  const residual = inputOf(w, input);
  const steps = residual.map((x) => normed(w, "norm", x));
  const convolved = convolve(w, steps).map((x) => x.map(swish));
  let hidden = new Array<number>(hiddenSize).fill(0);
  const cell = [...hidden];
  const normalizer = [...hidden];
  return residual.map((start, time) => {
    const before = hidden;
    hidden = before.map((_, unit) => {
      const head = Math.floor(unit / 2);
      const pre = (gate: number) => {
        const row = gate * hiddenSize + unit;
        const seen = gate < 2 ? convolved[time]! : steps[time]!;
        const ofHidden = dot(w("weight_hh").rows[row]!, before.slice(head * 2, head * 2 + 2));
        return w("bias_ih").flat[row]! + dot(w("weight_ih").rows[row]!, seen) + ofHidden;
      };
      const [inputGate, forgetGate] = [Math.exp(pre(0)), sigmoid(pre(1))];
      cell[unit] = forgetGate * cell[unit]! + inputGate * Math.tanh(pre(2));
      normalizer[unit] = forgetGate * normalizer[unit]! + inputGate;
      return (sigmoid(pre(3)) * cell[unit]!) / normalizer[unit]!;
    });
    const joined = plus(start, by(perHead(hidden), w("head_gain").flat));
    const up = times(w("weight_up").rows, normed(w, "up_norm", joined));
    const half = up.length / 2;
    const gated = up.slice(0, half).map((x, i) => gelu(x) * up[half + i]!);
    return plus(joined, times(w("weight_down").rows, gated));
  });
}

function mlstmLoop(w: Weights, input: readonly Vector[]): number[][] {
  const residual = inputOf(w, input);
  const up = residual.map((x) => times(w("weight_up").rows, normed(w, "norm", x)));
  const innerSize = 2 * hiddenSize;
  const inner = up.map((x) => x.slice(0, innerSize));
  const convolved = convolve(w, inner).map((x) => x.map(swish));
  const mix = (name: string, x: Vector) =>
    x.map((_, feature) => {
      const group = Math.floor(feature / 4);
      return dot(w(name).flat.slice(feature * 4, feature * 4 + 4), x.slice(group * 4, group * 4 + 4));
    });
  const size = innerSize / heads;
  const memories = Array.from({ length: heads }, () =>
    Array.from({ length: size }, () => new Array<number>(size).fill(0)),
  );
  const normalizers = Array.from({ length: heads }, () => new Array<number>(size).fill(0));
  return residual.map((start, time) => {
    const [query, key] = [mix("weight_query", convolved[time]!), mix("weight_key", convolved[time]!)];
    const value = mix("weight_value", inner[time]!);
    const gates = plus(times(w("weight_gates").rows, [...query, ...key, ...value]), w("bias_gates").flat);
    const found = memories.flatMap((memory, head) => {
      const part = (x: Vector) => x.slice(head * size, (head + 1) * size);
      const [q, k, v] = [part(query), part(key).map((x) => x / Math.sqrt(size)), part(value)];
      const [inputGate, forgetGate] = [Math.exp(gates[head]!), sigmoid(gates[heads + head]!)];
      for (let i = 0; i < size; i++) {
        normalizers[head]![i] = forgetGate * normalizers[head]![i]! + inputGate * k[i]!;
        for (let j = 0; j < size; j++) memory[i]![j] = forgetGate * memory[i]![j]! + inputGate * v[i]! * k[j]!;
      }
      const weight = Math.max(Math.abs(dot(normalizers[head]!, q)), 1);
      return memory.map((row) => dot(row, q) / weight);
    });
    const hidden = plus(by(perHead(found), w("head_gain").flat), by(w("skip").flat, convolved[time]!));
    const gated = by(hidden, up[time]!.slice(innerSize).map(swish));
    return plus(start, times(w("weight_down").rows, gated));
  });
}

const sizes = { inputSize: 3, hiddenSize, heads };
const stream = new Rng(11).stream("blocks");

function filled<Layer extends RecurrentModule>(layer: Layer): Layer {
  for (const [name, parameter] of layer.parameters()) {
    parameter.write(
      stream
        .fork(`own ${name}`)
        .normal(parameter.size)
        .map((x) => 0.7 * x),
    );
  }
  return layer;
}

const kinds = {
  slstm: {
    loop: slstmLoop,
    make: (session: Session, more: object = {}) => new SlstmBlocks(session, { ...sizes, stream, ...more }),
  },
  mlstm: {
    loop: mlstmLoop,
    make: (session: Session, more: object = {}) => new MlstmBlocks(session, { ...sizes, stream, ...more }),
  },
};

const double = () => createSession({ backend: "reference", dtype: "float64" });

describe.each(Object.entries(kinds))("%s blocks", (_, { loop, make }) => {
  test("follow their figure, and pass their state on from call to call", async () => {
    const session = await double();
    const layer: RecurrentModule = filled(make(session));
    const weights: Weights = (name) => {
      const tensor = layer.parameters().get(`${name}_l0`)!;
      const flat = [...tensor.readSync()];
      const width = tensor.shape.at(-1)!;
      return {
        flat,
        rows: Array.from({ length: flat.length / width }, (_r, row) => flat.slice(row * width, (row + 1) * width)),
      };
    };
    const values = stream.fork("input").normal(6 * 3);
    const steps = Array.from({ length: 6 }, (_s, time) => [...values.subarray(time * 3, (time + 1) * 3)]);
    const want = loop(weights, steps).flat();
    const first = layer.forward(session.tensor(values.subarray(0, 6), [1, 2, 3]));
    const second = layer.forward(session.tensor(values.subarray(6), [1, 4, 3]), { initialState: first.state });
    const got = [...first.output.readSync(), ...second.output.readSync()];
    got.forEach((value, index) => {
      expect(value).toBeCloseTo(want[index]!, 11);
    });
  });

  test("have gradients that agree with central differences", async () => {
    const session = await double();
    const layer: RecurrentModule = filled(make(session, { heads: 1 }));
    const values = stream
      .fork("x")
      .normal(2 * 3 * 3)
      .map((value) => 2 * value); // norms bend near 0
    const x = session.tensor(values, [2, 3, 3], { requiresGrad: true });
    const factor = session.tensor(stream.fork("factor").uniform(2 * 3 * 4, -0.2, 0.2), [2, 3, 4]);
    const loss = () => sum(mul(layer.forward(x, { lengths: Int32Array.of(3, 1) }).output, factor));
    checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  });

  test("have whole gradients through the state from one call to the next", async () => {
    const session = await double();
    const layer: RecurrentModule = make(session);
    const part = (name: string) => session.tensor(stream.fork(name).normal(6), [1, 2, 3], { requiresGrad: true });
    const [first, second] = [part("first"), part("second")];
    const loss = () => {
      const { state } = layer.forward(first);
      return sum(square(layer.forward(second, { initialState: state }).output));
    };
    checkGradients(loss, [first, second], { eps: 1e-5, rtol: 1e-6 });
  });

  test("have the same bits on every backend", async () => {
    await expectSameBits((session) => {
      const layer: RecurrentModule = filled(make(session, { bidirectional: true, numLayers: 2 }));
      const x = session.tensor(stream.fork("x").normal(3 * 5 * 3), [3, 5, 3]);
      const { output, state } = layer.forward(x, { lengths: Int32Array.of(5, 0, 3) });
      const states = state.flatMap((last) => Object.values<Tensor>({ ...last }));
      const values = [output, ...states].map((tensor) => tensor.readSync());
      const gradients = backward(sum(mul(output, add(output, 1))));
      const ofWeights = [...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync());
      return [...values, ...ofWeights];
    });
  });

  test("project no input that has the size of their sum, and refuse what they would ignore", async () => {
    const session = await double();
    expect([...make(session, { inputSize: hiddenSize }).parameters().keys()]).not.toContain("weight_in_l0");
    expect(() => make(session, { blocks: 2 })).toThrow(/lstmBlocks: expected options to be among .*, got blocks/);
    expect(() => make(session, { heads: 3 })).toThrow(
      "expected heads to be an integer >= 1 that divides hiddenSize 4, got 3",
    );
  });
});
