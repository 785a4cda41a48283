import {
  add,
  createSession,
  type LstmState,
  mul,
  Rng,
  reshape,
  type Session,
  slice,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { Lstm } from "../layers/lstm.ts";
import { lstmCell } from "./lstm-cell.ts";

const [batchSize, seqLen, inputSize, hiddenSize] = [2, 4, 3, 5];

function tiny(session: Session) {
  const stream = new Rng(7).stream("cell");
  const layer = new Lstm(session, {
    inputSize,
    hiddenSize,
    numLayers: 1,
    bidirectional: false,
    dropoutRate: 0,
    stream,
  });
  const draw = (name: string, shape: number[]) =>
    session.tensor(stream.fork(name).normal(shape.reduce((a, b) => a * b, 1)), shape);
  const initial: LstmState = {
    hiddenState: draw("hidden", [batchSize, hiddenSize]),
    cellState: draw("cell", [batchSize, hiddenSize]),
  };
  return { layer, initial, input: draw("input", [batchSize, seqLen, inputSize]) };
}

/** The states after each step of a walk by `lstmCell`. */
function walk(layer: Lstm, input: Tensor, initial: LstmState): LstmState[] {
  const states: LstmState[] = [];
  let state = initial;
  for (let time = 0; time < seqLen; time++) {
    const current = reshape(slice(input, 1, time, time + 1), [batchSize, inputSize]);
    state = lstmCell(layer.weightsOf(0), current, state);
    states.push(state);
  }
  return states;
}

test("lstmCell gradients agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const { layer, input, initial } = tiny(session);
  const loss = () => {
    const { hiddenState, cellState } = lstmCell(
      layer.weightsOf(0),
      reshape(slice(input, 1, 0, 1), [batchSize, inputSize]),
      initial,
    );
    return add(sum(square(hiddenState)), sum(mul(cellState, hiddenState)));
  };
  checkGradients(loss, [...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test.each([
  // Rounding only: both compute the same formula, in float32 with sums in another order.
  { dtype: "float64", digits: 13 },
  { dtype: "float32", digits: 5 },
] as const)("the fused layer equals a walk by lstmCell within the rounding of $dtype", async ({ dtype, digits }) => {
  const session = await createSession({ backend: "reference", dtype });
  const { layer, input, initial } = tiny(session);
  const { output, state } = layer.forward(input, { initialState: [initial] });
  const states = walk(layer, input, initial);
  const fused = output.readSync();
  states.forEach(({ hiddenState }, time) => {
    hiddenState.readSync().forEach((value, index) => {
      const row = Math.floor(index / hiddenSize);
      expect(fused[(row * seqLen + time) * hiddenSize + (index % hiddenSize)]).toBeCloseTo(value, digits);
    });
  });
  const lastCell = states.at(-1)!.cellState.readSync();
  state[0]!.cellState.readSync().forEach((value, index) => {
    expect(value).toBeCloseTo(lastCell[index]!, digits);
  });
});
