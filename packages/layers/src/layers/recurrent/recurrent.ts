/** LSTM, GRU and SimpleRNN, and Bidirectional over any of them. */
import { OptionError } from "@cellstate/tensor";
import { ModelError } from "../../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind, refuseActivityRegularizer } from "../../graph/layer.ts";
import type { SymbolicTensor } from "../../graph/symbolic.ts";
import { type CellKind, type GruOptions, gruCell, type LstmOptions, lstmCell, simpleRnnCell } from "./cells.ts";
import { type Given, type RecurrentLayer, type RecurrentOptions, recurrentOptionNames } from "./options.ts";
import { type MergeMode, planRecurrent } from "./plan.ts";
import { planTwoLayers } from "./two-layers.ts";

const gatedOptionNames = { ...recurrentOptionNames, recurrentActivation: true } as const;

export const lstmKind: LayerKind<LstmOptions> = {
  className: "LSTM",
  optionNames: { ...gatedOptionNames, unitForgetBias: true },
  plan: (options, inputs, owner) => planRecurrent({ cell: lstmCell, options, inputs, owner }),
};

export const gruKind: LayerKind<GruOptions> = {
  className: "GRU",
  optionNames: { ...gatedOptionNames, resetAfter: true },
  plan: (options, inputs, owner) => planRecurrent({ cell: gruCell, options, inputs, owner }),
};

export const simpleRnnKind: LayerKind<RecurrentOptions> = {
  className: "SimpleRNN",
  optionNames: recurrentOptionNames,
  plan: (options, inputs, owner) => planRecurrent({ cell: simpleRnnCell, options, inputs, owner }),
};

type OneState = readonly [hiddenState: SymbolicTensor];
type TwoStates = readonly [hiddenState: SymbolicTensor, cellState: SymbolicTensor];

/** Long short-term memory (Hochreiter & Schmidhuber 1997): `[batch, time, features]` to `[batch, units]`, or to all steps. */
export function lstm<const Options extends Given<LstmOptions>>(
  units: number,
  options?: Options,
): RecurrentLayer<Options, TwoStates> {
  return new Layer(lstmKind, { units, ...options });
}

/** Gated recurrent units (Cho et al. 2014): `[batch, time, features]` to `[batch, units]`, or to all steps. */
export function gru<const Options extends Given<GruOptions>>(
  units: number,
  options?: Options,
): RecurrentLayer<Options, OneState> {
  return new Layer(gruKind, { units, ...options });
}

/** A simple recurrent network (Elman 1990): `[batch, time, features]` to `[batch, units]`, or to all steps. */
export function simpleRnn<const Options extends Given<RecurrentOptions>>(
  units: number,
  options?: Options,
): RecurrentLayer<Options, OneState> {
  return new Layer(simpleRnnKind, { units, ...options });
}

export interface BidirectionalOptions {
  /** The layer of one direction; the other one has the same options and weights of its own, unless there is a `backwardLayer`. */
  readonly layer: Layer<unknown>;
  /** The layer of the other direction, with `goBackwards: true`: of any class and size, but with outputs and states as `layer` gives them. */
  readonly backwardLayer?: Layer<unknown> | undefined;
  /** How the outputs of both become one: `concat` (default), `sum`, `mul`, `ave`; `null` gives both. */
  readonly mergeMode?: MergeMode | undefined;
}

/** The cells of layers that have two directions. */
const cells: Readonly<Record<string, CellKind<RecurrentOptions>>> = {
  LSTM: lstmCell as CellKind<RecurrentOptions>,
  GRU: gruCell as CellKind<RecurrentOptions>,
  SimpleRNN: simpleRnnCell,
};

const mergeModes = ["concat", "sum", "mul", "ave", null] as const;

export const bidirectionalKind: LayerKind<BidirectionalOptions> = {
  className: "Bidirectional",
  optionNames: { layer: true, backwardLayer: true, mergeMode: true },
  plan({ layer, backwardLayer, mergeMode = "concat" }, inputs, owner) {
    const cell = cellOf(owner, layer);
    if (!mergeModes.includes(mergeMode)) {
      throw new OptionError(owner, "mergeMode", `one of ${mergeModes.map(String).join(", ")}`, mergeMode);
    }
    const options = layer.options as RecurrentOptions;
    if (options.goBackwards) throw new OptionError(owner, "the layer's goBackwards", "false", true);
    if (backwardLayer === undefined) return planRecurrent({ cell, options, inputs, owner, mergeMode });
    const backward = { layer: backwardLayer, cell: cellOf(owner, backwardLayer) };
    return planTwoLayers({ forward: { layer, cell }, backward, inputs, owner, mergeMode });
  },
};

/** @throws {ModelError | OptionError} if it is no layer that has two directions */
function cellOf(owner: string, layer: Layer<unknown>): CellKind<RecurrentOptions> {
  if (!(layer instanceof Layer)) throw new OptionError(owner, "its layer", "a layer, such as lstm(8)", typeof layer);
  refuseActivityRegularizer(owner, layer);
  if (Object.hasOwn(cells, layer.className)) return cells[layer.className]!;
  throw new ModelError(`${owner}: expected a layer among ${Object.keys(cells).join(", ")}, got ${layer.title}`);
}

/** Both directions of a recurrent layer. */
export function bidirectional<Result, const Options extends Omit<BidirectionalOptions, "layer"> & CommonLayerOptions>(
  layer: Layer<Result>,
  options?: Options,
): Layer<BothDirections<Result, Options>> {
  if (!(layer instanceof Layer))
    throw new OptionError("Bidirectional", "its layer", "a layer, such as lstm(8)", typeof layer);
  const { inputShape = layer.inputShape } = options ?? {};
  return new Layer(bidirectionalKind, { layer, ...options, inputShape });
}

/** One output, or that of each direction; states of the forward direction come before those of the other one. */
type BothDirections<Result, Options> = Result extends readonly [
  infer Output,
  ...infer States extends readonly SymbolicTensor[],
]
  ? readonly [...Outputs<Output, Options>, ...States, ...States]
  : Options extends { readonly mergeMode: null }
    ? readonly [forward: SymbolicTensor, backward: SymbolicTensor]
    : Result;

type Outputs<Output, Options> = Options extends { readonly mergeMode: null }
  ? readonly [forward: Output, backward: Output]
  : readonly [Output];
