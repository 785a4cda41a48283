/**
 * An LSTM that attends to a source at each step and is fed what it found (Luong, Pham & Manning 2015, sections 3.1 and 3.3). This
 * file is the definition of the op's bits: each step is a step of `lstm.ts`, one of `attention.ts` and products as in `matmul.ts`.
 *
 * Backward, from the last step to the first, gradients that meet add in the reverse order of their uses: of an attentional vector
 * first the output's, then what comes from the next step's input; of a hidden state first the next step's, then that of
 * `[context; hidden]`, then the query's. Sums over steps begin with the last one. Weight gradients are left to `productSums`.
 */
import type { AttentionalLstmShape } from "../../args/attentional-lstm.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { attentionBackward, attentionForward } from "./attention.ts";
import * as elementwise from "./elementwise.ts";
import { lstmBackward, lstmForward } from "./lstm.ts";
import { matmul } from "./matmul.ts";
import { type Floats, floatArray } from "./sums.ts";

export interface AttentionalLstmArrays {
  readonly shape: AttentionalLstmShape;
  readonly input: Floats;
  readonly weightIh: Floats;
  readonly weightHh: Floats;
  readonly biasIh: Floats;
  readonly biasHh: Floats;
  readonly weightQuery: Floats | undefined;
  readonly energy: Floats | undefined;
  readonly weightCombine: Floats;
  readonly keys: Floats;
  readonly values: Floats;
  readonly initialHidden: Floats;
  readonly initialCell: Floats;
  readonly initialAttentional: Floats | undefined;
  /** `[batch, time, attentionalSize]` */
  readonly output: Floats;
  /** `[batch, time, srcLen]` */
  readonly attentionWeights: Floats;
  /** Step by step, as `AttentionalLstmSaved` says. */
  readonly inputs: Floats;
  readonly gates: Floats;
  readonly hidden: Floats;
  readonly cells: Floats;
  readonly tanhCells: Floats;
  readonly queries: Floats | undefined;
  readonly combined: Floats;
  readonly tanhs: Floats | undefined;
}

/** One step's part of an array of all steps, each of `size` elements. */
function stepOf(array: Floats, t: number, size: number): Floats {
  return array.subarray(t * size, (t + 1) * size);
}

/** One step of a padded `[batch, time, width]` array as `[batch, width]`, and back. */
function takeStep(math: Arithmetic, { batch, time }: AttentionalLstmShape, padded: Floats, t: number): Floats {
  const width = padded.length / (batch * time);
  const step = floatArray(math.floatType, batch * width);
  for (let row = 0; row < batch; row++) {
    const at = (row * time + t) * width;
    step.set(padded.subarray(at, at + width), row * width);
  }
  return step;
}

function putStep({ batch, time }: AttentionalLstmShape, step: Floats, padded: Floats, t: number): void {
  const width = step.length / batch;
  for (let row = 0; row < batch; row++) padded.set(stepOf(step, row, width), (row * time + t) * width);
}

/** Fills `to` with rows of `left` and `right` side by side. */
function joinRows(batch: number, left: Floats, right: Floats, to: Floats): void {
  const [leftWidth, rightWidth] = [left.length / batch, right.length / batch];
  for (let row = 0; row < batch; row++) {
    to.set(stepOf(left, row, leftWidth), row * (leftWidth + rightWidth));
    to.set(stepOf(right, row, rightWidth), row * (leftWidth + rightWidth) + leftWidth);
  }
}

/** The columns `[begin, end)` of `batch` rows. */
function columnsOf(math: Arithmetic, batch: number, from: Floats, begin: number, end: number): Floats {
  const [width, count] = [from.length / batch, end - begin];
  const columns = floatArray(math.floatType, batch * count);
  for (let row = 0; row < batch; row++) columns.set(from.subarray(row * width + begin, row * width + end), row * count);
  return columns;
}

/** `[batch, k]` times a weight, `[n, k]`, transposed, or `[k, n]` as it lies. */
function product(
  math: Arithmetic,
  batch: number,
  left: Floats,
  weight: Floats,
  transposeB: boolean,
  out: Floats,
): void {
  const shape = { batch: 1, m: batch, n: out.length / batch, k: left.length / batch };
  matmul(math, { ...shape, transposeA: false, transposeB, sharedB: true }, left, weight, undefined, out);
}

/** The LSTM of one step as a layer of one step, and its attention. */
function partsOf(math: Arithmetic, arrays: AttentionalLstmArrays, t: number) {
  const { shape, weightIh, weightHh, biasIh, biasHh, keys, values, energy } = arrays;
  const { batch, hiddenSize, querySize, valueSize, srcLen, srcLengths } = shape;
  const states = batch * hiddenSize;
  const inputSize = weightIh.length / (4 * hiddenSize);
  const lengths = new Int32Array(batch).fill(1);
  const lstm = {
    shape: { batch, time: 1, inputSize, hiddenSize, outputSize: hiddenSize, reverse: false, lengths },
    ...{ weightIh, weightHh, biasIh, biasHh },
    input: stepOf(arrays.inputs, t, batch * inputSize),
    initialHidden: stepOf(arrays.hidden, t, states),
    initialCell: stepOf(arrays.cells, t, states),
    output: stepOf(arrays.hidden, t + 1, states),
    outputStride: hiddenSize,
    gates: stepOf(arrays.gates, t, 4 * states),
    cells: stepOf(arrays.cells, t + 1, states),
    tanhCells: stepOf(arrays.tanhCells, t, states),
    ...{ recurrentDropoutMask: undefined, weightHr: undefined, peepholes: undefined, norm: undefined },
    ...{ normalized: undefined, cellClip: undefined, activation: "tanh" as const },
  };
  const attention = {
    shape: { batch, time: srcLen, querySize, valueSize, lengths: srcLengths },
    ...{ keys, values, energy },
    query: arrays.queries ? stepOf(arrays.queries, t, batch * querySize) : lstm.output,
    context: floatArray(math.floatType, batch * valueSize),
    weights: takeStep(math, shape, arrays.attentionWeights, t),
    tanhs: arrays.tanhs && stepOf(arrays.tanhs, t, batch * srcLen * querySize),
  };
  return { lstm, attention, combined: stepOf(arrays.combined, t, batch * (valueSize + hiddenSize)) };
}

export function attentionalLstmForward(
  math: Arithmetic,
  arrays: AttentionalLstmArrays,
  hiddenState: Floats,
  cellState: Floats,
): void {
  const { shape, weightQuery, weightCombine } = arrays;
  const { batch, time, attentionalSize } = shape;
  const nothing = floatArray(math.floatType, 0);
  arrays.hidden.set(arrays.initialHidden);
  arrays.cells.set(arrays.initialCell);
  let fed = arrays.initialAttentional;
  for (let t = 0; t < time; t++) {
    const { lstm, attention, combined } = partsOf(math, arrays, t);
    joinRows(batch, takeStep(math, shape, arrays.input, t), fed ?? nothing, lstm.input);
    lstmForward(math, lstm, hiddenState, cellState);
    if (weightQuery) product(math, batch, lstm.output, weightQuery, true, attention.query);
    attentionForward(math, attention);
    joinRows(batch, attention.context, lstm.output, combined);
    const attentional = floatArray(math.floatType, batch * attentionalSize);
    product(math, batch, combined, weightCombine, true, attentional);
    elementwise.unary(math, "tanh", attentional, attentional);
    putStep(shape, attention.weights, arrays.attentionWeights, t);
    putStep(shape, attentional, arrays.output, t);
    if (fed) fed = attentional;
  }
}

export interface AttentionalLstmGradientArrays {
  readonly output: Floats | undefined;
  readonly hidden: Floats | undefined;
  readonly cell: Floats | undefined;
  readonly attentionWeights: Floats | undefined;
  readonly input: Floats | undefined;
  /** Step by step. */
  readonly gates: Floats;
  readonly queries: Floats;
  readonly combine: Floats;
  readonly bias: Floats;
  readonly energy: Floats | undefined;
  readonly keys: Floats;
  readonly values: Floats;
  readonly addToKeys: boolean;
  readonly addToValues: boolean;
  readonly initialHidden: Floats;
  readonly initialCell: Floats;
  readonly initialAttentional: Floats | undefined;
}

export function attentionalLstmBackward(
  math: Arithmetic,
  arrays: AttentionalLstmArrays,
  gradients: AttentionalLstmGradientArrays,
): void {
  const { shape, weightQuery, weightCombine } = arrays;
  const { batch, time, vectorSize, hiddenSize, attentionalSize, querySize, valueSize, isFed } = shape;
  const make = (size: number) => floatArray(math.floatType, batch * size);
  const add = (a: Floats, b: Floats) => a.map((value, i) => math.round(value + b[i]!)) as Floats;
  let ofHidden = gradients.hidden?.slice() ?? make(hiddenSize);
  let ofCell = gradients.cell?.slice() ?? make(hiddenSize);
  let ofFed = make(attentionalSize);
  for (let t = time - 1; t >= 0; t--) {
    const isLast = t === time - 1;
    const { lstm, attention } = partsOf(math, arrays, t);
    const attentional = takeStep(math, shape, arrays.output, t);
    const given = gradients.output ? takeStep(math, shape, gradients.output, t) : make(attentionalSize);
    const ofCombine = stepOf(gradients.combine, t, batch * attentionalSize);
    elementwise.unaryGradient(math, "tanh", attentional, attentional, add(given, ofFed), ofCombine);
    const ofCombined = make(valueSize + hiddenSize);
    product(math, batch, ofCombine, weightCombine, false, ofCombined);

    const ofQuery = stepOf(gradients.queries, t, batch * querySize);
    const ofEnergy = gradients.energy && make(querySize);
    attentionBackward(math, attention, {
      context: columnsOf(math, batch, ofCombined, 0, valueSize),
      weights: gradients.attentionWeights && takeStep(math, shape, gradients.attentionWeights, t),
      query: ofQuery,
      keys: gradients.keys,
      values: gradients.values,
      addToKeys: gradients.addToKeys || !isLast,
      addToValues: gradients.addToValues || !isLast,
      energy: ofEnergy,
    });
    if (gradients.energy && ofEnergy) {
      const sums = floatArray(math.floatType, querySize);
      elementwise.reduce(math, "sum", ofEnergy, sums, 1, batch, querySize);
      gradients.energy.set(isLast ? sums : add(gradients.energy, sums));
    }
    let throughQuery: Floats = ofQuery;
    if (weightQuery) {
      throughQuery = make(hiddenSize);
      product(math, batch, ofQuery, weightQuery, false, throughQuery);
    }

    const ofState = columnsOf(math, batch, ofCombined, valueSize, valueSize + hiddenSize);
    const ofInput = make(lstm.shape.inputSize);
    const ofGates = stepOf(gradients.gates, t, batch * 4 * hiddenSize);
    const bias = floatArray(math.floatType, 4 * hiddenSize);
    const before = { hidden: make(hiddenSize), cell: make(hiddenSize) };
    lstmBackward(math, lstm, {
      output: undefined,
      hidden: add(add(ofHidden, ofState), throughQuery),
      cell: ofCell,
      input: ofInput,
      ...{ weightIh: undefined, weightHh: undefined },
      ...{ gates: ofGates, gatesIh: ofGates, gatesHh: ofGates, bias },
      initialHidden: before.hidden,
      initialCell: before.cell,
      extras: { weightHr: undefined, peepholes: undefined, norm: undefined },
    });
    gradients.bias.set(isLast ? bias : add(gradients.bias, bias));
    if (gradients.input) putStep(shape, columnsOf(math, batch, ofInput, 0, vectorSize), gradients.input, t);
    if (isFed) ofFed = columnsOf(math, batch, ofInput, vectorSize, vectorSize + attentionalSize);
    ofHidden = before.hidden;
    ofCell = before.cell;
  }
  gradients.initialHidden.set(ofHidden);
  gradients.initialCell.set(ofCell);
  gradients.initialAttentional?.set(ofFed);
}
