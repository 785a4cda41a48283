/** ConvLSTM1D and ConvLSTM2D: LSTM layers over lines and grids, whose gates see the places around each one (Shi et al. 2015). */
import { type Activation, ConvLstm1d, ConvLstm2d, windowCount } from "@cellstate/lstm-core";
import { type LstmState, type OptionNames, reshape } from "@cellstate/tensor";
import { ModelError } from "../../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind, type MadeLayer, type MakeContext } from "../../graph/layer.ts";
import type { Value } from "../../graph/value.ts";
import { elementsIn, featuresOf, type LayerShape, shapeText } from "../../shape.ts";
import { withForgetBias } from "../../weights/initializers.ts";
import { permuted } from "../../weights/layout.ts";
import { weightSpec } from "../../weights/weight-options.ts";
import { activationOf, plainName } from "../activate.ts";
import { requireUnits } from "../dense.ts";
import { CarriedStates } from "./carried-states.ts";
import { stateOf, tensorsOf } from "./cells.ts";
import { walkOf } from "./masked-walk.ts";
import { type GatedOptions, recurrentOptionNames } from "./options.ts";

export interface ConvLstmOptions extends Omit<GatedOptions, "units" | "ignoreMask"> {
  /** Channels of the state and of the output. */
  readonly filters: number;
  /** Places that a filter sees along each axis. */
  readonly kernelSize: number | readonly number[];
  /** Places from one output to the next. Default 1. */
  readonly strides?: number | readonly number[] | undefined;
  /** Of the input: `valid` (the default) or `same`; states keep their size. */
  readonly padding?: "valid" | "same" | undefined;
  /** Places from one that a filter sees to the next. Default 1. */
  readonly dilationRate?: number | readonly number[] | undefined;
  /** Whether the forget gate's bias starts at 1. Default true. */
  readonly unitForgetBias?: boolean | undefined;
  /** Default `tanh`. */
  readonly activation?: Activation | undefined;
  /** Share of the input's elements dropped in training: of each gate others, the same ones at all steps. Default 0. */
  readonly dropout?: number | undefined;
  /** The same of the state. Default 0. */
  readonly recurrentDropout?: number | undefined;
}

const { units, ignoreMask, ...shared } = recurrentOptionNames;

const optionNames: OptionNames<ConvLstmOptions> = {
  ...shared,
  filters: true,
  kernelSize: true,
  strides: true,
  padding: true,
  dilationRate: true,
  recurrentActivation: true,
  unitForgetBias: true,
};

function convLstmKind(rank: 1 | 2): LayerKind<ConvLstmOptions> {
  return {
    className: `ConvLSTM${rank}D`,
    optionNames,
    plan(options, [input], owner) {
      const { filters, padding = "valid", useBias = true, unitForgetBias = true } = options;
      requireUnits(owner, filters, "filters");
      if (input?.length !== rank + 2) {
        const axes = rank === 1 ? "places" : "rows, columns";
        throw new ModelError(
          `${owner}: expected an input of shape (batch, time, ${axes}, channels), got ${shapeText(input ?? [])}`,
        );
      }
      const [seqLen, ...rest] = input;
      const inputSize = featuresOf(owner, input);
      const kernel = perAxis(owner, "kernelSize", options.kernelSize, rank);
      const strides = perAxis(owner, "strides", options.strides ?? 1, rank);
      const dilations = perAxis(owner, "dilationRate", options.dilationRate ?? 1, rank);
      activationOf(owner, "activation", options.activation ?? "tanh");
      activationOf(owner, "recurrentActivation", options.recurrentActivation ?? "sigmoid");
      const grid = rest.slice(0, -1).map((extent, axis) => {
        const windows = { kernelSize: kernel[axis]!, stride: strides[axis]!, dilation: dilations[axis]!, padding };
        return extent === null ? null : windowCount(extent, windows);
      });
      const state: LayerShape = [...grid, filters];
      const output = options.returnSequences ? [seqLen!, ...state] : state;
      const columns = 4 * filters;
      const bias = weightSpec(owner, options, "bias", { shape: [columns], initializer: "zeros" });
      return {
        outputs: [output, ...(options.returnState ? [state, state] : [])],
        weights: [
          weightSpec(owner, options, "kernel", {
            shape: [...kernel, inputSize, columns],
            initializer: "glorotUniform",
          }),
          weightSpec(owner, options, "recurrent", {
            name: "recurrent_kernel",
            shape: [...kernel, filters, columns],
            initializer: "orthogonal",
          }),
          ...(useBias
            ? [unitForgetBias ? { ...bias, initializer: withForgetBias(bias.initializer, filters) } : bias]
            : []),
        ],
        flops: (seqLen ?? 1) * elementsIn(grid) * 2 * elementsIn(kernel) * (inputSize + filters) * columns,
        make: (context) =>
          makeConvLstm({ rank, options, owner }, context, {
            inputSize,
            hiddenSize: filters,
            kernelSize: kernel,
            stride: strides,
            dilation: dilations,
            padding,
            bias: useBias,
            activation: plainName(options.activation ?? "tanh"),
            recurrentActivation: plainName(options.recurrentActivation ?? "sigmoid"),
            inputDropoutRate: options.dropout,
            recurrentDropoutRate: options.recurrentDropout,
          }),
      };
    },
  };
}

type CoreOptions = Omit<ConstructorParameters<typeof ConvLstm1d>[1], "stream">;

interface Planned {
  readonly rank: 1 | 2;
  readonly options: ConvLstmOptions;
  readonly owner: string;
}

function makeConvLstm(
  { rank, options, owner }: Planned,
  { session, stream }: MakeContext,
  core: CoreOptions,
): MadeLayer {
  const made = rank === 1 ? new ConvLstm1d(session, { ...core, stream }) : new ConvLstm2d(session, { ...core, stream });
  const parameters = made.parameters();
  // [rows, inputs, ...kernel], where Keras has [...kernel, inputs, rows]
  const axes = rank === 1 ? [2, 1, 0] : [3, 2, 0, 1];
  const bias = parameters.get("bias_ih");
  const memory = options.stateful ? new CarriedStates(owner) : undefined;
  return {
    weights: {
      kernel: [permuted(parameters.get("weight_ih")!, axes)],
      recurrent_kernel: [permuted(parameters.get("weight_hh")!, axes)],
      ...(bias && { bias: [{ tensor: bias }] }),
    },
    run([x, ...states], { step }) {
      const { returnSequences = false, returnState = false, goBackwards = false, zeroOutputForMask = false } = options;
      const [batchSize, seqLen, ...rest] = x!.tensor.shape as [number, number, ...number[]];
      const flat: Value = { tensor: reshape(x!.tensor, [batchSize, seqLen, -1]), mask: x!.mask };
      const { input, lengths, restore } = walkOf(flat, goBackwards);
      const given = states.length > 0 ? states.map(({ tensor }) => tensor) : memory?.load(session, batchSize);
      const initialState = given && (stateOf(given) as LstmState);
      const inputs = reshape(input, [batchSize, -1, ...rest]);
      const { output, state } = made.forward(inputs, { lengths, initialState, step });
      memory?.save(tensorsOf(state));
      const [, , ...place] = output.shape;
      const sequences = () =>
        reshape(restore(reshape(output, [batchSize, input.shape[1]!, -1]), !zeroOutputForMask), [
          batchSize,
          seqLen,
          ...place,
        ]);
      return [
        { tensor: returnSequences ? sequences() : state.hiddenState, mask: returnSequences ? x!.mask : undefined },
        ...(returnState ? tensorsOf(state).map((tensor) => ({ tensor })) : []),
      ];
    },
    resetStates: () => memory?.reset(),
  };
}

/** @throws {ModelError} unless there is one integer of at least 1 for all axes, or for each */
function perAxis(owner: string, option: string, given: number | readonly number[], rank: number): readonly number[] {
  const values = typeof given === "number" ? new Array<number>(rank).fill(given) : given;
  if (values.length !== rank)
    throw new ModelError(`${owner}: expected ${option} of ${rank} numbers, got ${values.length}`);
  for (const value of values) requireUnits(owner, value, option);
  return values;
}

export const convLstm1dKind = convLstmKind(1);
export const convLstm2dKind = convLstmKind(2);

type GivenOptions = Omit<ConvLstmOptions, "filters" | "kernelSize"> & CommonLayerOptions;

/** Over lines: `[batch, time, places, channels]` to `[batch, places, filters]`, or to all steps. */
export function convLstm1d(filters: number, kernelSize: number, options: GivenOptions = {}): Layer {
  return new Layer(convLstm1dKind, { filters, kernelSize, ...options });
}

/** Over grids: `[batch, time, rows, columns, channels]` to `[batch, rows, columns, filters]`, or to all steps. */
export function convLstm2d(
  filters: number,
  kernelSize: number | readonly [number, number],
  options: GivenOptions = {},
): Layer {
  return new Layer(convLstm2dKind, { filters, kernelSize, ...options });
}
