/** ConvLSTM1D and ConvLSTM2D as nodes: a `Scan` over the steps, in which states are flat, features first. */
import type { ActivationName } from "@cellstate/lstm-core";
import { OnnxExportError } from "../../errors.ts";
import { activation } from "../activations.ts";
import { cellState, type ExportedCell, hiddenState } from "../cell.ts";
import { add, concat, extentOf, mul, parts, reshape, transpose } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import { startStates, walkedLayer } from "../layer.ts";
import type { Weights } from "../weights.ts";
import type { ExportedLayer, LayerShape } from "./exported-layer.ts";
import { reversedInTime, walkOf } from "./masked-walk.ts";

interface ConvLstmOptions {
  readonly filters: number;
  readonly strides?: number | readonly number[];
  readonly padding?: "valid" | "same";
  readonly dilationRate?: number | readonly number[];
  readonly activation?: ActivationName;
  readonly recurrentActivation?: ActivationName;
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
  readonly goBackwards?: boolean;
  readonly zeroOutputForMask?: boolean;
}

export const convLstm: ExportedLayer<ConvLstmOptions> = ({ graph, options, weights, inputs, outputs }) => {
  const { filters, returnSequences = false, returnState = false, goBackwards = false } = options;
  const [x, ...given] = inputs;
  const from = knownGrid(x.shape.slice(1, -1));
  const to = knownGrid(outputs[0]!.slice(returnSequences ? 1 : 0, -1));
  const inOrder = (value: Name) => (goBackwards ? reversedInTime(graph, value) : value);
  const walk = walkOf(graph, reshape(graph, inOrder(x.name), [0, 0, -1]), x.mask && inOrder(x.mask));
  const cell = cellOf(options, weights, { from, to, channels: x.shape.at(-1)! });
  const flat = transpose(graph, walk.input, [1, 0, 2]);
  const initial = given.map(({ name }) => reshape(graph, featuresFirst(graph, name, to.length, 1), [0, -1]));
  const { output, states } = walkedLayer(graph, cell, {
    x: flat,
    ragged: walk.ragged,
    initial: given.length > 0 ? initial : startStates(graph, cell, extentOf(graph, flat, 1)),
    reverse: false,
    hiddenSize: filters,
    weights,
  });
  /** From `[..., filters * places]` to `[..., places, filters]`. */
  const shown = (value: Name, before: number) => {
    const kept = new Array<number>(before).fill(0);
    return featuresLast(graph, reshape(graph, value, [...kept, filters, ...to]), to.length, before);
  };
  const sequences = () =>
    shown(walk.restore(transpose(graph, output, [1, 0, 2]), !(options.zeroOutputForMask ?? false)), 2);
  return [
    {
      name: returnSequences ? sequences() : shown(states[0]!, 1),
      mask: returnSequences ? x.mask : undefined,
    },
    ...(returnState ? states.map((state) => ({ name: shown(state, 1) })) : []),
  ];
};

/** @throws {OnnxExportError} if an extent differs from run to run */
function knownGrid(grid: LayerShape): readonly number[] {
  const known = grid.filter((extent) => extent !== null);
  if (known.length === grid.length) return known;
  throw new OnnxExportError("a ConvLSTM over a grid whose size is not fixed cannot be written as ONNX");
}

/** The axes of `[..., places, features]` with the features before the places; `before` axes stand before both. */
function featuresFirst(graph: GraphBuilder, x: Name, places: number, before: number): Name {
  const axes = Array.from({ length: places }, (_, place) => before + place);
  return transpose(graph, x, [...Array.from({ length: before }, (_, axis) => axis), before + places, ...axes]);
}

function featuresLast(graph: GraphBuilder, x: Name, places: number, before: number): Name {
  const axes = Array.from({ length: places }, (_, place) => before + 1 + place);
  return transpose(graph, x, [...Array.from({ length: before }, (_, axis) => axis), ...axes, before]);
}

interface Grids {
  /** Places of the input and of the states. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Features of the input. */
  readonly channels: number;
}

function cellOf(options: ConvLstmOptions, weights: Weights, { from, to, channels }: Grids): ExportedCell {
  const { filters, padding = "valid", strides = 1, dilationRate = 1 } = options;
  const activate = activation(options.activation ?? "tanh");
  const gateOf = activation(options.recurrentActivation ?? "sigmoid");
  const perAxis = (value: number | readonly number[]) =>
    to.map((_, axis) => [value].flat()[axis] ?? [value].flat()[0]!);
  const size = filters * to.reduce((product, extent) => product * extent, 1);
  return {
    states: [hiddenState(size), cellState(size)],
    inputPart: (graph, x) => {
      const examples = reshape(graph, x, [-1, ...from, channels]); // [time * batch, places, channels]
      const bias = weights.has("bias") ? [weights.get("bias")] : [];
      const sums = graph.node(
        "Conv",
        [featuresFirst(graph, examples, from.length, 1), weights.get("kernel"), ...bias],
        {
          strides: { ints: perAxis(strides) },
          dilations: { ints: perAxis(dilationRate) },
          ...(padding === "same" ? { auto_pad: { string: "SAME_UPPER" } } : {}),
        },
      );
      const extents = [extentOf(graph, x, 0), extentOf(graph, x, 1), graph.ints([4 * size])];
      return graph.node("Reshape", [sums, concat(graph, extents)]);
    },
    step: (graph, input, [hidden, cell]) => {
      const around = graph.node(
        "Conv",
        [reshape(graph, hidden!, [-1, filters, ...to]), weights.get("recurrent_kernel")],
        {
          auto_pad: { string: "SAME_UPPER" },
        },
      );
      const gates = parts(graph, add(graph, input, reshape(graph, around, [-1, 4 * size])), 4);
      const candidate = mul(graph, gateOf(graph, gates[0]!), activate(graph, gates[2]!));
      const next = add(graph, mul(graph, gateOf(graph, gates[1]!), cell!), candidate);
      return [mul(graph, gateOf(graph, gates[3]!), activate(graph, next)), next];
    },
  };
}
