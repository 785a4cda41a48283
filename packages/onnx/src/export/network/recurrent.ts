/** LSTM, GRU and SimpleRNN, and Bidirectional over any of them, as nodes. */
import type { ActivationName } from "@cellstate/lstm-core";
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { add, mul, parts, transpose } from "../formulas.ts";
import type { GraphBuilder, Name, Weight } from "../graph-builder.ts";
import { recurrentStack } from "../recurrent-stack.ts";
import type { Weights } from "../weights.ts";
import type { ExportedLayer, LayerCall, LayerDescription, LayerInput, LayerOutput } from "./exported-layer.ts";
import { reversedInTime, walkOf } from "./masked-walk.ts";

interface RecurrentOptions {
  readonly units: number;
  readonly activation?: ActivationName;
  readonly recurrentActivation?: ActivationName;
  readonly resetAfter?: boolean;
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
  readonly goBackwards?: boolean;
  readonly zeroOutputForMask?: boolean;
  readonly ignoreMask?: boolean;
}

interface Kind {
  readonly kind: "lstm" | "gru" | "rnn";
  readonly gates: number;
  /** Tensors of its state. */
  readonly stateCount: 1 | 2;
}

const kinds: Readonly<Record<string, Kind>> = {
  LSTM: { kind: "lstm", gates: 4, stateCount: 2 },
  GRU: { kind: "gru", gates: 3, stateCount: 1 },
  SimpleRNN: { kind: "rnn", gates: 1, stateCount: 1 },
};

/** How outputs of two directions become one; `null` gives both. */
type MergeMode = "concat" | "sum" | "mul" | "ave" | null;

const oneWay =
  (className: string): ExportedLayer<RecurrentOptions> =>
  (call) =>
    recurrent(kinds[className]!, call);

export const lstm = oneWay("LSTM");
export const gru = oneWay("GRU");
export const simpleRnn = oneWay("SimpleRNN");

interface BidirectionalOptions {
  readonly layer: LayerDescription;
  readonly backwardLayer?: LayerDescription;
  readonly mergeMode?: MergeMode;
}

export const bidirectional: ExportedLayer<BidirectionalOptions> = (call) => {
  const { layer, backwardLayer, mergeMode = "concat" } = call.options;
  if (backwardLayer !== undefined) return twoLayers(call, layer, backwardLayer, mergeMode);
  return recurrent(
    kinds[layer.className]!,
    { ...call, options: layer.options as unknown as RecurrentOptions },
    mergeMode,
  );
};

/** Two layers of their own, of which the second one reads backwards; where a step is masked, both give zeros. */
function twoLayers(
  call: LayerCall<BidirectionalOptions>,
  forward: LayerDescription,
  backward: LayerDescription,
  mergeMode: MergeMode,
): LayerOutput[] {
  const { graph, weights, inputs } = call;
  const [x, ...given] = inputs;
  const ownStates = kinds[forward.className]!.stateCount;
  const run = ({ className, options }: LayerDescription, prefix: string, states: readonly LayerInput[]) =>
    recurrent(kinds[className]!, {
      ...call,
      options: { ...(options as unknown as RecurrentOptions), zeroOutputForMask: true },
      weights: weights.within(prefix),
      inputs: [x, ...states],
    });
  const [output, ...states] = run(forward, "forward/", given.slice(0, ownStates)) as [LayerOutput, ...LayerOutput[]];
  const [other, ...otherStates] = run(backward, "backward/", given.slice(ownStates)) as [LayerOutput, ...LayerOutput[]];
  const turned = forward.options.returnSequences === true ? reversedInTime(graph, other.name) : other.name;
  const outputs = merged(graph, [output.name, turned], mergeMode).map((name) => ({ name, mask: output.mask }));
  return [...outputs, ...states, ...otherStates];
}

function recurrent(kind: Kind, call: LayerCall<RecurrentOptions>, mergeMode?: MergeMode): LayerOutput[] {
  const { graph, options, weights, inputs } = call;
  const [x, ...given] = inputs;
  const {
    units,
    returnSequences = false,
    returnState = false,
    goBackwards = false,
    zeroOutputForMask = false,
  } = options;
  const inOrder = (value: Name) => (goBackwards ? reversedInTime(graph, value) : value);
  const read = options.ignoreMask ? undefined : x.mask;
  const walk = walkOf(graph, inOrder(x.name), read && inOrder(read));
  const directions = mergeMode === undefined ? [""] : ["forward/", "backward/"];
  const stack = recurrentStack(graph, {
    section: sectionOf(kind, options, directions.length),
    weights: asStack(weights, kind, directions, units),
    x: transpose(graph, walk.input, [1, 0, 2]),
    ragged: walk.ragged,
    initial:
      given.length === 0
        ? undefined
        : inGroups(
            given.map(({ name }) => name),
            kind.stateCount,
          ),
  });
  // Two directions always give zeros where a step is masked, as in Keras.
  const holds = mergeMode === undefined && !zeroOutputForMask;
  const sequences = () =>
    parts(graph, walk.restore(transpose(graph, stack.output, [1, 0, 2]), holds), directions.length);
  const shown = returnSequences ? sequences() : stack.states.map(([hidden]) => hidden!);
  const mask = returnSequences ? x.mask : undefined;
  const outputs = mergeMode === undefined ? shown : merged(graph, shown as [Name, Name], mergeMode);
  return [
    ...outputs.map((name) => ({ name, mask })),
    ...(returnState ? stack.states.flat().map((name) => ({ name })) : []),
  ];
}

function sectionOf({ kind }: Kind, options: RecurrentOptions, directions: number): RecurrentSection {
  const { units, activation = "tanh", recurrentActivation, resetAfter } = options;
  const shared = { hiddenSize: units, bidirectional: directions === 2, dropout: 0, activation };
  switch (kind) {
    case "lstm":
      return { kind, ...shared, recurrentActivation };
    case "gru":
      return { kind, ...shared, recurrentActivation, resetAfter };
    case "rnn":
      return { kind, ...shared };
    default:
      return kind satisfies never;
  }
}

/** Keras's weights by the names of a stack of one layer; biases that are not there are 0. */
function asStack(weights: Weights, { gates }: Kind, directions: readonly string[], units: number): Weights {
  const stack = new Map<string, Weight>();
  const zeros = { shape: [gates * units], readSync: () => new Float32Array(gates * units) };
  for (const [direction, prefix] of directions.entries()) {
    const find = (...names: readonly string[]): Weight => {
      const name = names.map((one) => prefix + one).find((one) => weights.has(one));
      if (name === undefined) return zeros;
      const { shape, data } = weights.read(name);
      return { shape, readSync: () => data };
    };
    const suffix = direction === 0 ? "_l0" : "_l0_reverse";
    stack.set(`weight_ih${suffix}`, find("kernel"));
    stack.set(`weight_hh${suffix}`, find("recurrent_kernel"));
    stack.set(`bias_ih${suffix}`, find("bias", "bias.0"));
    stack.set(`bias_hh${suffix}`, find("bias.1"));
  }
  return weights.others(stack);
}

function merged(graph: GraphBuilder, both: readonly [Name, Name], mode: MergeMode): readonly Name[] {
  const [forward, backward] = both;
  switch (mode) {
    case "concat":
      return [graph.node("Concat", both, { axis: { int: -1 } })];
    case "sum":
      return [add(graph, forward, backward)];
    case "mul":
      return [mul(graph, forward, backward)];
    case "ave":
      return [mul(graph, add(graph, forward, backward), graph.number(0.5))];
    case null:
      return both;
    default:
      return mode satisfies never;
  }
}

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: items.length / size }, (_, at) => items.slice(at * size, (at + 1) * size));
}
