/** Weights of recurrent operators, one direction each, in the order of gates and in the layout of `@cellstate/tensor`. */
import type { RecurrentWeights, Tensor } from "@cellstate/tensor";
import type { NodeCall } from "../run/op.ts";

/** Of one direction. */
export interface DirectionWeights extends RecurrentWeights {
  /** `[3 * hiddenSize]`: input, forget, output gate. */
  readonly peepholes: Tensor | undefined;
}

export interface GateOrder {
  /** For each gate of `@cellstate/tensor`, its place among the operator's. */
  readonly gates: readonly number[];
  /** The same of the peepholes. */
  readonly peepholes: readonly number[];
}

/** Places of the weights among the inputs. */
const INPUT_WEIGHT = 1;
const HIDDEN_WEIGHT = 2;
const BIAS = 3;
const PEEPHOLES = 7;

/** Whether all weights of a call are there, as they are in `Op.prepare` where they are constants. */
export function hasWeights({ node, inputs }: NodeCall): boolean {
  return [INPUT_WEIGHT, HIDDEN_WEIGHT, BIAS, PEEPHOLES].every(
    (index) => !node.inputs[index] || inputs[index] !== undefined,
  );
}

/** Units of each direction. */
export function hiddenSizeOf(call: NodeCall): number {
  const { shape } = call.value(HIDDEN_WEIGHT);
  const hiddenSize = call.node.attributes.int("hidden_size") ?? shape[2] ?? 0;
  if (shape.length !== 3 || shape[2] !== hiddenSize || !(hiddenSize >= 1)) {
    throw call.fault(`expected R of shape [directions, gates, ${hiddenSize}], got [${shape.join(", ")}]`);
  }
  return hiddenSize;
}

/** @param directions  how many there are */
export function readWeights(call: NodeCall, order: GateOrder, directions: number): DirectionWeights[] {
  const hiddenSize = hiddenSizeOf(call);
  const rows = order.gates.length * hiddenSize;
  const inputSize = call.tensor(INPUT_WEIGHT).shape[2] ?? 0;
  const make = (index: number, name: string, shape: readonly number[]) => {
    const tensor = call.optionalTensor(index);
    const whole = [directions, ...shape];
    if (tensor !== undefined && tensor.shape.join() !== whole.join()) {
      throw call.fault(`expected ${name} of shape [${whole.join(", ")}], got [${tensor.shape.join(", ")}]`);
    }
    return tensor?.readSync();
  };
  const input = make(INPUT_WEIGHT, "W", [rows, inputSize]);
  const hidden = make(HIDDEN_WEIGHT, "R", [rows, hiddenSize]);
  const bias = make(BIAS, "B", [2 * rows]);
  const peepholes = order.peepholes.length === 0 ? undefined : make(PEEPHOLES, "P", [3 * hiddenSize]);
  const part = (
    data: ArrayLike<number> | undefined,
    shape: readonly number[],
    gates: readonly number[],
    start: number,
  ) => call.session.tensor(reordered(data, shape, gates, start), shape, { requiresGrad: true });
  return Array.from({ length: directions }, (_, direction) => ({
    weightIh: part(input, [rows, inputSize], order.gates, direction * rows * inputSize),
    weightHh: part(hidden, [rows, hiddenSize], order.gates, direction * rows * hiddenSize),
    biasIh: part(bias, [rows], order.gates, direction * 2 * rows),
    biasHh: part(bias, [rows], order.gates, (direction * 2 + 1) * rows),
    peepholes: peepholes && part(peepholes, [3 * hiddenSize], order.peepholes, direction * 3 * hiddenSize),
  }));
}

/** Blocks of `data` from `start` on in another order; zeros where there are none. */
function reordered(
  data: ArrayLike<number> | undefined,
  shape: readonly number[],
  gates: readonly number[],
  start: number,
): Float64Array {
  const result = new Float64Array(shape.reduce((size, extent) => size * extent, 1));
  if (data === undefined) return result;
  const block = result.length / gates.length;
  gates.forEach((source, gate) => {
    for (let i = 0; i < block; i++) result[gate * block + i] = data[start + source * block + i]!;
  });
  return result;
}
