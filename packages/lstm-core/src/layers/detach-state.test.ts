/** Truncated back-propagation through time: states pass from chunk to chunk, gradients do not. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  type RecurrentState,
  Rng,
  type Session,
  slice,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import "../../test/matchers.ts";
import { expect, test } from "vitest";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import { detachState, type RecurrentModule } from "./recurrent-module.ts";
import { Rnn } from "./rnn.ts";

const [batchSize, seqLen, chunkLen] = [2, 6, 2];
const stream = new Rng(3).stream("chunks");
const sizes = { inputSize: 2, hiddenSize: 3, numLayers: 2, stream };
const inputOf = (session: Session) => session.tensor(stream.fork("x").normal(24), [batchSize, seqLen, 2]);

/** Gradients of all weights, chunk by chunk; `cut` says whether states are detached between chunks or gradients flow on. */
function trainInChunks(layer: RecurrentModule, x: Tensor, cut: boolean): Float64Array[][] {
  let initialState: ReturnType<RecurrentModule["forward"]>["state"] | undefined;
  const sums: Float64Array[][] = [];
  let whole: Tensor | undefined;
  for (let from = 0; from < seqLen; from += chunkLen) {
    const { output, state } = layer.forward(slice(x, 1, from, from + chunkLen), { initialState });
    const loss = sum(square(output));
    initialState = cut ? detachState(state) : state; // before backward frees what the states lie in
    if (cut) sums.push(gradientsOf(layer, loss));
    else whole = whole === undefined ? loss : add(whole, loss);
  }
  return cut ? sums : [gradientsOf(layer, whole!)];
}

function gradientsOf(layer: RecurrentModule, loss: Tensor): Float64Array[] {
  const gradients = backward(loss);
  return [...layer.parameters().values()].map((weight) =>
    Float64Array.from(denseGradient(gradients.get(weight)!).readSync()),
  );
}

const total = (chunks: readonly Float64Array[][]) =>
  chunks.reduce((a, b) => a.map((values, which) => values.map((value, index) => value + b[which]![index]!)));

/** The same cut without `detach`: each chunk starts from states that were written down as numbers. */
function trainFromNumbers(layer: RecurrentModule, x: Tensor): Float64Array[][] {
  let initialState: readonly RecurrentState[] | undefined;
  return Array.from({ length: seqLen / chunkLen }, (_, chunk) => {
    const part = slice(x, 1, chunk * chunkLen, (chunk + 1) * chunkLen);
    const { output, state } = layer.forward(part, { initialState });
    initialState = state.map((one) => {
      const copy = (tensor: Tensor) => x.session.tensor(tensor.readSync(), tensor.shape);
      const copies = Object.entries<Tensor>({ ...one }).map(([name, tensor]) => [name, copy(tensor)]);
      return Object.fromEntries(copies) as RecurrentState;
    });
    return gradientsOf(layer, sum(square(output)));
  });
}

test.each([Lstm, Gru, Rnn])(
  "chunks of %o that hand on detached states give the gradient that is cut at their borders",
  async (Layer) => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const layer = new Layer(session, sizes);
    const x = inputOf(session);
    const chunked = total(trainInChunks(layer, x, true));
    const cut = total(trainFromNumbers(layer, x));
    expect(chunked).toEqual(cut);
    // The whole gradient is another one: what crosses the borders is missing.
    const whole = trainInChunks(layer, x, false)[0]!;
    expect(Math.max(...chunked[1]!.map((value, index) => Math.abs(value - whole[1]![index]!)))).toBeGreaterThan(1e-3);
  },
);

test("the output of chunks is that of the whole sequence, to the bit, and no gradient passes a detached state", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = new Lstm(session, sizes);
  const x = inputOf(session);
  const whole = layer.forward(x).output;
  let initialState: ReturnType<Lstm["forward"]>["state"] | undefined;
  for (let from = 0; from < seqLen; from += chunkLen) {
    const { output, state } = layer.forward(slice(x, 1, from, from + chunkLen), { initialState });
    expect(output).toEqualTensorBits(slice(whole, 1, from, from + chunkLen));
    initialState = detachState(state);
    expect(initialState.flatMap((one) => [one.hiddenState.requiresGrad, one.cellState.requiresGrad])).toEqual(
      new Array(4).fill(false),
    );
  }
});
