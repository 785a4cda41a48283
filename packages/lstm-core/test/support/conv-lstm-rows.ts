/** Arguments of Keras's ConvLSTM1D and ConvLSTM2D. */
import { backward, denseGradient, slice, square, sum, type Tensor } from "@cellstate/tensor";
import { expect } from "vitest";
import { applyConstraints, ConvLstm1d, ConvLstm2d, type ConvLstmOptions, weightPenalty } from "../../src/index.ts";
import { expectClose, lengths, session, stream } from "./bench.ts";
import { different, refused, type SupportRow, type SupportRows, supported } from "./row.ts";

/** Rows of three steps over a line of five places, or a grid of five by five. */
function inputOf(rank: 1 | 2): Tensor {
  const grid = new Array<number>(rank).fill(5);
  return session.tensor(stream.fork("grid").normal(3 * 4 * 5 ** rank * 2), [3, 4, ...grid, 2]);
}

function make(rank: 1 | 2, options: object = {}): ConvLstm1d {
  const all: ConvLstmOptions = { inputSize: 2, hiddenSize: 3, kernelSize: 3, stream, ...options };
  return rank === 1 ? new ConvLstm1d(session, all) : new ConvLstm2d(session, all);
}

const shapeOf = (rank: 1 | 2, options: object) => make(rank, options).forward(inputOf(rank)).output.shape;
const grid = (rank: 1 | 2, places: number) => [3, 4, ...new Array<number>(rank).fill(places), 3];

export function convLstmRows(rank: 1 | 2): SupportRows {
  const has = (here: string, options: object, shape: readonly number[]): SupportRow =>
    supported(here, () => {
      expect(shapeOf(rank, options)).toEqual(shape);
    });
  const changes = (here: string, options: object): SupportRow =>
    supported(here, () => {
      const outputOf = (given: object) => [...make(rank, given).forward(inputOf(rank), { lengths }).output.readSync()];
      expect(outputOf(options)).not.toEqual(outputOf({}));
    });
  const unknown = (option: string, why: string): SupportRow =>
    refused(() => make(rank, { [option]: 0.5 }), `got ${option}`, why);
  const dropped = (option: "inputDropoutRate" | "recurrentDropoutRate"): SupportRow =>
    supported(`\`${option}\`, in [0, 1); elements of each gate's own, the same ones at all steps`, () => {
      const layer = make(rank, { [option]: 0.5 });
      const outputOf = (training: boolean) => {
        const step = { training, step: 0, examples: Int32Array.of(0, 1, 2) };
        return [...layer.forward(inputOf(rank), { lengths, step }).output.readSync()];
      };
      expect(outputOf(true)).not.toEqual(outputOf(false));
      expect(outputOf(true)).toEqual(outputOf(true));
    });
  const penalized = (name: string): SupportRow =>
    different(`\`weightPenalty(layer.parameters(), [{ pattern: "${name}", l2 }])\` is added to the loss`, () => {
      const parameters = make(rank).parameters();
      const gradients = backward(weightPenalty(parameters, [{ pattern: name, l2: 0.5 }]));
      expect(denseGradient(gradients.get(parameters.get(name)!)!).readSync()).toEqual(parameters.get(name)!.readSync());
    });
  const ofOutput = different("a penalty of the output, by any operations, is added to the loss", () => {
    const layer = make(rank);
    const gradients = backward(sum(square(layer.forward(inputOf(rank)).output)));
    for (const parameter of layer.parameters().values()) expect(gradients.get(parameter)).toBeDefined();
  });
  const constrained = (name: string): SupportRow =>
    different(`\`applyConstraints(layer.parameters(), [{ pattern: "${name}", kind }])\` after each step`, () => {
      const parameters = make(rank).parameters();
      const parameter = parameters.get(name)!;
      parameter.write(parameter.readSync().map((value, at) => (at % 2 === 0 ? -1 : value)));
      applyConstraints(parameters, [{ pattern: name, kind: "nonNegative" }]);
      expect(Math.min(...parameter.readSync())).toBeGreaterThanOrEqual(0);
    });
  const initialized = unknown("initializers", "first values are written with `loadStateDict`");
  const result = () => make(rank).forward(inputOf(rank), { lengths });
  return {
    filters: has("`hiddenSize`; `inputSize` has the channels of the input", { hiddenSize: 6 }, [
      ...grid(rank, 3).slice(0, -1),
      6,
    ]),
    kernel_size: has("`kernelSize`", { kernelSize: 2 }, grid(rank, 4)),
    strides: has("`stride`", { stride: 2 }, grid(rank, 2)),
    padding: has("`padding`", { padding: "same" }, grid(rank, 5)),
    data_format: refused(() => make(rank, { dataFormat: "channels_first" }), "got dataFormat", "channels come last"),
    dilation_rate: has("`dilation`", { dilation: 2 }, grid(rank, 1)),
    activation: changes("`activation`", { activation: "softsign" }),
    recurrent_activation: changes("`recurrentActivation`; Keras's own default, its hard sigmoid, is `hardSigmoid`", {
      recurrentActivation: "hardSigmoid",
    }),
    use_bias: supported("`bias`", () => {
      expect([...make(rank, { bias: false }).parameters().keys()]).toEqual(["weight_ih", "weight_hh"]);
    }),
    kernel_initializer: initialized,
    recurrent_initializer: initialized,
    bias_initializer: initialized,
    unit_forget_bias: different("always: `bias_ih` is 1 for the forget gate at first", () => {
      expect([...make(rank).parameters().get("bias_ih")!.readSync().slice(3, 6)]).toEqual([1, 1, 1]);
    }),
    kernel_regularizer: penalized("weight_ih"),
    recurrent_regularizer: penalized("weight_hh"),
    bias_regularizer: penalized("bias_ih"),
    activity_regularizer: ofOutput,
    kernel_constraint: constrained("weight_ih"),
    recurrent_constraint: constrained("weight_hh"),
    bias_constraint: constrained("bias_ih"),
    dropout: dropped("inputDropoutRate"),
    recurrent_dropout: dropped("recurrentDropoutRate"),
    seed: different("`stream`, which draws the first weights and what is dropped; there is no unseeded layer", () => {
      expect([...result().output.readSync()]).toEqual([...result().output.readSync()]);
    }),
    return_sequences: different(
      "always: `output` has all steps; `state.hiddenState` is what Keras gives without",
      () => {
        const { output, state } = result();
        const last = slice(slice(output, 0, 0, 1), 1, 3, 4).readSync();
        expect([...slice(state.hiddenState, 0, 0, 1).readSync()]).toEqual([...last]);
      },
    ),
    return_state: different("always: `state`", () => {
      expect(result().state.cellState.shape).toEqual([3, ...new Array<number>(rank).fill(3), 3]);
    }),
    go_backwards: different("`reverse` of `forward`; outputs stand at their own steps", () => {
      const x = inputOf(rank);
      const layer = make(rank);
      const back = layer.forward(x, { reverse: true }).output;
      expectClose(slice(back, 1, 3, 4), layer.forward(slice(x, 1, 3, 4)).output);
    }),
    stateful: different("a layer remembers nothing: `initialState` takes the `state` of the batch before", () => {
      const [x, layer] = [inputOf(rank), make(rank)];
      const { state } = layer.forward(slice(x, 1, 0, 2));
      const rest = layer.forward(slice(x, 1, 2, 4), { initialState: state }).output;
      expectClose(rest, slice(layer.forward(x).output, 1, 2, 4));
    }),
  };
}
