/** Plans a recurrent layer in one direction or in both: shapes, weights in Keras's order, masks, states that come in and go out. */
import { add, concat, mul, slice, type Tensor } from "@cellstate/tensor";
import { ModelError } from "../../errors.ts";
import type { LayerPlan, MadeLayer, MakeContext } from "../../graph/layer.ts";
import type { RunContext, Value } from "../../graph/value.ts";
import { featuresOf, type LayerShape, requireRank, shapeText } from "../../shape.ts";
import type { InitializerName } from "../../weights/initializers.ts";
import type { WeightSpec } from "../../weights/weight.ts";
import { weightSpec } from "../../weights/weight-options.ts";
import { requireUnits } from "../dense.ts";
import { CarriedStates } from "./carried-states.ts";
import { type CellKind, partsOf, type RecurrentStack, stateOf, tensorsOf } from "./cells.ts";
import { walkOf } from "./masked-walk.ts";
import type { RecurrentOptions } from "./options.ts";

/** How outputs of two directions become one; `null` gives both. */
export type MergeMode = "concat" | "sum" | "mul" | "ave" | null;

interface RecurrentPlan<Options extends RecurrentOptions> {
  readonly cell: CellKind<Options>;
  readonly options: Options;
  /** Of the sequence, then of the initial states if there are any. */
  readonly inputs: readonly LayerShape[];
  readonly owner: string;
  /** Of two directions; undefined for one. */
  readonly mergeMode?: MergeMode | undefined;
}

export function planRecurrent<Options extends RecurrentOptions>(plan: RecurrentPlan<Options>): LayerPlan {
  const { cell, options, inputs, owner, mergeMode } = plan;
  const { units, returnSequences = false, returnState = false } = options;
  requireUnits(owner, units);
  cell.checkActivations(owner, options);
  const [input, ...states] = inputs;
  const [seqLen] = requireRank(owner, input, 2, "(batch, time, features)");
  const inputSize = featuresOf(owner, input!);
  const directions = mergeMode === undefined ? [""] : ["forward/", "backward/"];
  const stateCount = directions.length * cell.stateCount;
  if (states.length !== 0 && states.length !== stateCount) {
    throw new ModelError(`${owner}: expected an initialState of ${stateCount} tensors, got ${states.length}`);
  }
  const wrong = states.find((shape) => shape.length !== 1 || shape[0] !== units);
  if (wrong)
    throw new ModelError(`${owner}: expected an initialState of shape (batch, ${units}), got ${shapeText(wrong)}`);
  const width = mergeMode === "concat" ? 2 * units : units;
  const output = returnSequences ? [seqLen!, width] : [width];
  const columns = cell.gates.length * units;
  return {
    outputs: [
      ...(mergeMode === null ? [output, output] : [output]),
      ...(returnState ? new Array<LayerShape>(stateCount).fill([units]) : []),
    ],
    weights: directions.flatMap((prefix) => specsOf(plan, prefix, inputSize)),
    flops: directions.length * (seqLen ?? 1) * columns * 2 * (inputSize + units),
    make: (context) => makeRecurrent(plan, context, inputSize),
  };
}

function specsOf<Options extends RecurrentOptions>(
  { cell, options, owner }: RecurrentPlan<Options>,
  prefix: string,
  inputSize: number,
): WeightSpec[] {
  const { units, useBias = true } = options;
  const columns = cell.gates.length * units;
  const spec = (option: string, name: string, shape: readonly number[], initializer: InitializerName) =>
    weightSpec(owner, options, option, { name: `${prefix}${name}`, shape, initializer });
  const bias = spec("bias", "bias", cell.biasRows(options) === 2 ? [2, columns] : [columns], "zeros");
  return [
    spec("kernel", "kernel", [inputSize, columns], "glorotUniform"),
    spec("recurrent", "recurrent_kernel", [units, columns], "orthogonal"),
    ...(useBias ? [{ ...bias, initializer: cell.biasInitializer(options, bias.initializer) }] : []),
  ];
}

function makeRecurrent<Options extends RecurrentOptions>(
  plan: RecurrentPlan<Options>,
  { session, stream }: MakeContext,
  inputSize: number,
): MadeLayer {
  const { cell, options, owner, mergeMode } = plan;
  const { units, dropout = 0, recurrentDropout = 0, stateful = false } = options;
  const stack = cell.make(session, options, {
    inputSize,
    hiddenSize: units,
    numLayers: 1,
    bidirectional: mergeMode !== undefined,
    inputDropoutRate: dropout,
    recurrentDropoutRate: recurrentDropout,
    stream,
  });
  const prefixes = mergeMode === undefined ? [""] : ["forward/", "backward/"];
  const weights = prefixes.flatMap((prefix, direction) =>
    Object.entries(partsOf(cell, options, stack.weightsOf(0, direction as 0 | 1))).map(
      ([name, parts]) => [prefix + name, parts] as const,
    ),
  );
  const memory = stateful ? new CarriedStates(owner) : undefined;
  return {
    weights: Object.fromEntries(weights),
    run([x, ...states], context) {
      const given = states.length > 0 ? states.map(({ tensor }) => tensor) : memory?.load(session, x!.tensor.shape[0]!);
      const { outputs, finalStates } = walk(plan, stack, x!, given, context);
      memory?.save(finalStates);
      return [...outputs, ...(options.returnState ? finalStates.map((tensor) => ({ tensor })) : [])];
    },
    resetStates: () => memory?.reset(),
  };
}

/** Runs the stack over the real steps. */
function walk<Options extends RecurrentOptions>(
  { cell, options, mergeMode }: RecurrentPlan<Options>,
  stack: RecurrentStack,
  x: Value,
  given: readonly Tensor[] | undefined,
  { step }: RunContext,
): { outputs: Value[]; finalStates: Tensor[] } {
  const {
    returnSequences = false,
    goBackwards = false,
    zeroOutputForMask = false,
    ignoreMask = false,
    units,
  } = options;
  const { input, lengths, restore } = walkOf(ignoreMask ? { tensor: x.tensor } : x, goBackwards);
  const initialState = given && inGroups(given, cell.stateCount).map(stateOf);
  const { output, state } = stack.forward(input, { lengths, initialState, step });
  const finalStates = state.flatMap(tensorsOf);
  // Two directions always give zeros where a step is masked, as in Keras.
  const sequences = () => restore(output, mergeMode === undefined && !zeroOutputForMask);
  const mask = returnSequences ? x.mask : undefined;
  if (mergeMode === undefined)
    return { outputs: [{ tensor: returnSequences ? sequences() : state[0]!.hiddenState, mask }], finalStates };
  if (returnSequences && mergeMode === "concat") return { outputs: [{ tensor: sequences(), mask }], finalStates };
  const all = returnSequences ? sequences() : undefined;
  const [forward, backward] = all
    ? [slice(all, 2, 0, units), slice(all, 2, units, 2 * units)]
    : [state[0]!.hiddenState, state[1]!.hiddenState];
  return { outputs: merged(forward!, backward!, mergeMode).map((tensor) => ({ tensor, mask })), finalStates };
}

export function merged(forward: Tensor, backward: Tensor, mode: MergeMode): Tensor[] {
  switch (mode) {
    case "concat":
      return [concat([forward, backward], forward.shape.length - 1)];
    case "sum":
      return [add(forward, backward)];
    case "mul":
      return [mul(forward, backward)];
    case "ave":
      return [mul(add(forward, backward), 0.5)];
    case null:
      return [forward, backward];
    default:
      return mode satisfies never;
  }
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: items.length / size }, (_, at) => items.slice(at * size, (at + 1) * size));
}
