/** Arguments of PyTorch's recurrent layers and cells. */
import { backward, slice, sum } from "@cellstate/tensor";
import { expect } from "vitest";
import { expectCell, type Kind, lengths, make, session, sizes, stepFromOnes, training, x } from "./bench.ts";
import { different, type SupportRows, supported } from "./row.ts";

export const torchLayerRows = (kind: Kind): SupportRows => ({
  input_size: supported("`inputSize`", () => {
    expect(() => make(kind, { inputSize: 2 }).forward(x)).toThrow(
      "expected input of shape [batch, time, 2], got [3, 4, 3]",
    );
  }),
  hidden_size: supported("`hiddenSize`; a list has the units of each layer", () => {
    expect(make(kind, { hiddenSize: 5 }).outputSize).toBe(5);
  }),
  num_layers: supported("`numLayers`", () => {
    expect(make(kind, { numLayers: 3 }).forward(x).state).toHaveLength(3);
  }),
  bias: supported("`bias`", () => {
    expect(make(kind, { bias: false }).parameters().has("bias_ih_l0")).toBe(false);
  }),
  batch_first: different("always `[batch, time, feature]`", () => {
    expect(make(kind).forward(x).output.shape).toEqual([3, 4, 4]);
  }),
  dropout: supported("`dropoutRate`; with one layer it warns that it does nothing", () => {
    const layer = make(kind, { numLayers: 2, dropoutRate: 0.5 });
    expect([...layer.forward(x, { step: training }).output.readSync()]).not.toEqual([
      ...layer.forward(x).output.readSync(),
    ]);
  }),
  bidirectional: supported("`bidirectional`", () => {
    const layer = make(kind, { bidirectional: true });
    expect(layer.parameters().has("weight_hh_l0_reverse")).toBe(true);
    expect(layer.outputSize).toBe(8);
  }),
  proj_size: supported("`projectionSize`, with `weight_hr_l0`", () => {
    expect(make(kind, { projectionSize: 2 } as object).outputSize).toBe(2);
  }),
  device: different("of the session: `createSession({ backend })`; every backend gives the same bits", () => {
    expect(session.backendName).toBe("reference");
  }),
  dtype: different("of the session: float32, or float64 on the reference backend", () => {
    expect(make(kind).forward(x).output.dtype).toBe("float32");
  }),
  nonlinearity: supported("`activation`: `tanh`, `relu` or any other", () => {
    expectCell(kind, { activation: "relu" });
  }),
});

export const torchForwardRows = (kind: Kind): SupportRows => ({
  input: different("a padded batch with `lengths`, in the place of a packed sequence", () => {
    const { output, state } = make(kind).forward(x, { lengths });
    const alone = make(kind).forward(slice(slice(x, 0, 1, 2), 1, 0, 2));
    expect([...slice(state[0]!.hiddenState, 0, 1, 2).readSync()]).toEqual([...alone.state[0]!.hiddenState.readSync()]);
    expect(output.shape).toEqual([3, 4, 4]);
  }),
  hx: different("`initialState`: a list of states, layer by layer, forward before reverse", () => {
    const layer = make(kind, { numLayers: 2, bidirectional: true });
    const states = Array.from({ length: 4 }, () => layer.startState(session.full([3, 4], 0.5, { requiresGrad: true })));
    const gradients = backward(sum(layer.forward(x, { lengths, initialState: states }).output));
    for (const { hiddenState } of states) expect(gradients.get(hiddenState)).toBeDefined();
  }),
});

/** A cell is a function whose weights a layer makes. */
export const torchCellRows = (kind: Kind): SupportRows => ({
  ...torchLayerRows(kind),
  input_size: different("of the layer whose `weightsOf(0)` the cell is given", () => {
    expect(make(kind).weightsOf(0).weightIh.shape[1]).toBe(sizes.inputSize);
  }),
  hidden_size: different("likewise", () => {
    expect(stepFromOnes(kind).shape).toEqual([3, 4]);
  }),
});
