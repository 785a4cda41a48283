/** Inputs of recurrent operators as batches of sequences, and their outputs back in the operator's layout. */
import { reshape, stack, type Tensor, transpose } from "@cellstate/tensor";
import type { NodeCall, OpResult } from "../run/op.ts";
import { floatValue } from "../values.ts";
import type { RecurrentSettings } from "./settings.ts";

export interface SequenceInputs {
  /** `[batch, time, inputSize]` */
  readonly x: Tensor;
  readonly batch: number;
  /** `[batch]`: real steps; undefined where all are. */
  readonly lengths: Int32Array | undefined;
}

const LENGTHS = 4;

export function sequenceInputs(call: NodeCall, { batchFirst }: RecurrentSettings): SequenceInputs {
  const input = call.tensor(0);
  if (input.shape.length !== 3) throw call.fault(`expected X of three axes, got [${input.shape.join(", ")}]`);
  const x = batchFirst ? input : transpose(input, [1, 0, 2]);
  const [batch, time] = x.shape as [number, number, number];
  const given = call.optionalInts(LENGTHS);
  const wrong = given?.find((length) => !(length >= 0 && length <= time));
  if (given !== undefined && (given.length !== batch || wrong !== undefined)) {
    const got = wrong === undefined ? `${given.length} of them` : `${wrong}`;
    throw call.fault(`expected ${batch} sequence_lens in [0, ${time}], got ${got}`);
  }
  return { x, batch, lengths: given && Int32Array.from(given) };
}

/** Initial states of all directions, `[batch, hiddenSize]` each; undefined where none are given. */
export function initialStates(
  call: NodeCall,
  index: number,
  { batchFirst, reverse }: RecurrentSettings,
  shape: readonly [batch: number, hiddenSize: number],
): Tensor[] | undefined {
  const given = call.optionalTensor(index);
  if (given === undefined) return undefined;
  const [batch, hiddenSize] = shape;
  const count = reverse.length;
  const expected = batchFirst ? [batch, count, hiddenSize] : [count, batch, hiddenSize];
  if (given.shape.join() !== expected.join()) {
    throw call.fault(`expected initial states of shape [${expected.join(", ")}], got [${given.shape.join(", ")}]`);
  }
  const byDirection = batchFirst ? transpose(given, [1, 0, 2]) : given;
  return reverse.map((_, direction) => part(byDirection, direction, shape));
}

function part(x: Tensor, direction: number, [batch, hiddenSize]: readonly [number, number]): Tensor {
  if (x.shape[0] === 1) return reshape(x, [batch, hiddenSize]);
  const { session } = x;
  const size = batch * hiddenSize;
  return session.tensor(x.readSync().subarray(direction * size, (direction + 1) * size), [batch, hiddenSize]);
}

/** What one direction gives. */
export interface DirectionResult {
  /** `[batch, time, hiddenSize]` */
  readonly output: Tensor;
  /** `[batch, hiddenSize]` each: the hidden state, and that of the cell where there is one. */
  readonly states: readonly Tensor[];
}

/** Y, Y_h and what else there is. */
export function sequenceOutputs(results: readonly DirectionResult[], { batchFirst }: RecurrentSettings): OpResult {
  const outputs = results.map(({ output }) => (batchFirst ? output : transpose(output, [1, 0, 2])));
  const states = results[0]!.states.map((_, index) => {
    const parts = results.map(({ states }) => states[index]!);
    return floatValue(stack(parts, batchFirst ? 1 : 0));
  });
  return [floatValue(stack(outputs, batchFirst ? 2 : 1)), ...states];
}
