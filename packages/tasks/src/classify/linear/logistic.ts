/** Logistic regression with an L2 penalty: two classes by one output, more by a softmax over an output each. */
import { scalar } from "@cellstate/tensor";
import { minimize } from "./lbfgs.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** Where scikit-learn's solver stops, on the same scale. */
const TOLERANCE = 1e-4;
const MAX_ITERATIONS = 100;

export interface LogisticData {
  readonly rows: SparseRows;
  /** Class of each row, from 0. */
  readonly labels: readonly number[];
  readonly numClasses: number;
  readonly numColumns: number;
}

export interface LogisticOptions {
  /** Weights to begin with, as the function gives them. Default: zeros. */
  readonly start?: Float64Array | undefined;
  /** The gradient's largest element at the end. Default 1e-4. */
  readonly tolerance?: number;
}

/** Outputs of the model of so many classes. */
export function outputsFor(numClasses: number): number {
  return numClasses === 2 ? 1 : numClasses;
}

/**
 * The weights at which `sum of losses + |weights|² / (2 cost)` is smallest; biases are not penalised.
 *
 * @returns for each output `numColumns` weights and then a bias
 */
export function fitLogistic(
  data: LogisticData,
  cost: number,
  { start, tolerance = TOLERANCE }: LogisticOptions = {},
): Float64Array {
  const { rows, labels, numClasses, numColumns } = data;
  const outputs = outputsFor(numClasses);
  const stride = numColumns + 1;
  const count = labels.length;
  const penalty = 1 / (cost * count);
  const logits = new Array<number>(outputs).fill(0);
  const objective = (weights: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    gradient.fill(0);
    for (let row = 0; row < count; row++) {
      logitsInto(logits, rows, row, weights, stride);
      loss += outputs === 1 ? twoClasses(logits, labels[row]!) : manyClasses(logits, labels[row]!);
      for (let output = 0; output < outputs; output++) {
        addRow(gradient, output * stride, rows, row, logits[output]! / count);
        gradient[(output + 1) * stride - 1]! += logits[output]! / count;
      }
    }
    return loss / count + 0.5 * addPenalty(weights, gradient, penalty, stride);
  };
  return minimize(objective, start ?? new Float64Array(outputs * stride), {
    tolerance,
    maxIterations: MAX_ITERATIONS,
  });
}

/** The logits of one row. */
export function logitsOf(rows: SparseRows, row: number, weights: ArrayLike<number>, numClasses: number): number[] {
  const outputs = outputsFor(numClasses);
  const logits = new Array<number>(outputs).fill(0);
  logitsInto(logits, rows, row, weights, weights.length / outputs);
  return outputs === 1 ? [0, logits[0]!] : logits;
}

function logitsInto(
  logits: number[],
  { starts, columns, values }: SparseRows,
  row: number,
  weights: ArrayLike<number>,
  stride: number,
): void {
  const [begin, end] = [starts[row]!, starts[row + 1]!];
  for (let output = 0; output < logits.length; output++) {
    const offset = output * stride;
    let sum = weights[offset + stride - 1]!;
    for (let at = begin; at < end; at++) sum += weights[offset + columns[at]!]! * values[at]!;
    logits[output] = sum;
  }
}

/** The loss of one output; its gradient takes the place of the logit. */
function twoClasses(logits: number[], label: number): number {
  const logit = logits[0]!;
  const signed = label === 1 ? logit : -logit;
  const small = scalar.exp(-Math.abs(logit));
  logits[0] = (logit >= 0 ? 1 / (1 + small) : small / (1 + small)) - label;
  return scalar.log(1 + small) + Math.max(0, -signed);
}

/** The loss of a softmax; its gradients take the place of the logits. */
function manyClasses(logits: number[], label: number): number {
  const logProbs = scalar.logSoftmax(logits);
  for (const [output, logProb] of logProbs.entries()) logits[output] = scalar.exp(logProb) - Number(output === label);
  return -logProbs[label]!;
}

function addRow(
  gradient: Float64Array,
  offset: number,
  { starts, columns, values }: SparseRows,
  row: number,
  factor: number,
): void {
  for (let at = starts[row]!; at < starts[row + 1]!; at++) gradient[offset + columns[at]!]! += factor * values[at]!;
}

/** Adds the penalty's gradient and gives twice its value. */
function addPenalty(weights: Float64Array, gradient: Float64Array, penalty: number, stride: number): number {
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    if (i % stride === stride - 1) continue;
    squares += weights[i]! * weights[i]!;
    gradient[i]! += penalty * weights[i]!;
  }
  return penalty * squares;
}
