/** An LSTM that attends to a source at each step and is fed what it found, over a whole target as one op. */
import { type AttentionalLstmArgs, type AttentionalLstmShape, makeSaved, mapSaved } from "../args/attentional-lstm.ts";
import { stepProducts } from "../autograd/gradient.ts";
import { needsGrad } from "../autograd/tape.ts";
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";
import type { LstmState } from "./lstm.ts";
import { type RecurrentWeights, requireShape } from "./recurrent.ts";
import { checkLengths } from "./sequence.ts";

export interface AttentionalLstmWeights {
  /** Of an LSTM that reads `[vector; attentional]`, or vectors alone, in PyTorch's layout. */
  readonly lstm: RecurrentWeights;
  /** `[querySize, hiddenSize]`: makes the query of the hidden state. Default: the hidden state is the query. */
  readonly query?: Tensor | undefined;
  /** `[querySize]`: scores are `energy . tanh(query + key)`. Default: `query . key`. */
  readonly energy?: Tensor | undefined;
  /** `[attentionalSize, valueSize + hiddenSize]`: the attentional vector is `tanh(combine [context; hiddenState])`. */
  readonly combine: Tensor;
}

/** What is attended to. */
export interface AttendedSource {
  /** `[batch, srcLen, querySize]` */
  readonly keys: Tensor;
  /** `[batch, srcLen, valueSize]` */
  readonly values: Tensor;
  /** `[batch]`: real positions of each row; a row of length 0 gives a context of zeros. */
  readonly lengths: Int32Array;
}

export interface AttentionalLstmState extends LstmState {
  /** `[batch, attentionalSize]`: the vector that is fed to the next step; undefined where none is. */
  readonly attentional?: Tensor | undefined;
}

export interface AttentionalLstmOutput extends LstmState {
  /** `[batch, time, attentionalSize]`: the attentional vectors of all steps. */
  readonly output: Tensor;
  /** `[batch, time, srcLen]`, zero on padding. */
  readonly attentionWeights: Tensor;
}

/**
 * Runs an LSTM that attends to `source` with each hidden state, joins what it found with that state, and reads the result at the
 * next step (Luong, Pham & Manning 2015, equations 5 and 8 and section 3.3): what `lstm`, `attend`, `concat`, `linear` and `tanh`
 * give step by step.
 *
 * @param input  `[batch, time, vectorSize]`: vectors of the tokens read, at least one step
 * @param state  before the first step; with `attentional`, `weights.lstm.weightIh` has `vectorSize + attentionalSize` columns
 * @throws {ShapeError} naming the tensor that does not fit
 */
export function attentionalLstm(
  input: Tensor,
  weights: AttentionalLstmWeights,
  source: AttendedSource,
  state: AttentionalLstmState,
): AttentionalLstmOutput {
  const shape = checkedShape(input, weights, source, state);
  const { session } = input;
  const { batch, time, hiddenSize, attentionalSize, srcLen, querySize } = shape;
  const { lstm, query, energy, combine } = weights;
  const { keys, values } = source;
  const inputs = [
    ...[input, lstm.weightIh, lstm.weightHh, lstm.biasIh, lstm.biasHh, query, energy, combine, keys, values],
    ...[state.hiddenState, state.cellState, state.attentional],
  ];
  const requiresGrad = needsGrad(inputs);
  const parts = { hasQuery: query !== undefined, keepsTanhs: energy !== undefined };
  const saved = requiresGrad ? makeSaved(shape, parts, (...extents) => session.empty(extents)) : undefined;
  const output = session.empty([batch, time, attentionalSize], { requiresGrad });
  const attentionWeights = session.empty([batch, time, srcLen], { requiresGrad });
  const hiddenState = session.empty([batch, hiddenSize], { requiresGrad });
  const cellState = session.empty([batch, hiddenSize], { requiresGrad });
  const common: AttentionalLstmArgs = {
    shape,
    keepWeights: [lstm.weightIh, lstm.weightHh, query ?? combine, combine].every(({ block }) => block.isParameter),
    input: input.storage,
    weightIh: lstm.weightIh.storage,
    weightHh: lstm.weightHh.storage,
    biasIh: lstm.biasIh.storage,
    biasHh: lstm.biasHh.storage,
    weightQuery: query?.storage,
    energy: energy?.storage,
    weightCombine: combine.storage,
    keys: keys.storage,
    values: values.storage,
    initialHidden: state.hiddenState.storage,
    initialCell: state.cellState.storage,
    initialAttentional: state.attentional?.storage,
    output: output.storage,
    attentionWeights: attentionWeights.storage,
  };
  const savedStorages = saved && mapSaved(saved, ({ storage }) => storage);
  session.backend.attentionalLstmForward({
    ...common,
    saved: savedStorages,
    hiddenState: hiddenState.storage,
    cellState: cellState.storage,
  });
  if (saved && savedStorages) {
    const steps = time * batch;
    session.record({
      op: "attentionalLstm",
      inputs,
      outputs: [output, hiddenState, cellState, attentionWeights],
      saved: Object.values(saved).filter((tensor) => tensor !== undefined),
      backward: ([dOutput, dHidden, dCell, dAttentionWeights], ownSum) => {
        // Another walk may attend to the same source: its sums are added to.
        const keysSum = keys === values ? undefined : ownSum(keys);
        const valuesSum = keys === values ? undefined : ownSum(values);
        const dKeys = keysSum ?? session.empty(keys.shape);
        const dValues = valuesSum ?? session.empty(values.shape);
        const dInput = input.requiresGrad ? session.empty(input.shape) : undefined;
        const dGates = saved.gates; // they take the gates' place
        const dQueries = session.empty([steps, querySize]);
        const dCombine = session.empty([steps, attentionalSize]);
        const dBias = session.empty(lstm.biasIh.shape);
        const dEnergy = energy && session.empty(energy.shape);
        const before = {
          hidden: session.empty(hiddenState.shape),
          cell: session.empty(cellState.shape),
          attentional: state.attentional && session.empty(state.attentional.shape),
        };
        session.backend.attentionalLstmBackward({
          ...common,
          saved: savedStorages,
          outputGradient: dOutput?.storage,
          hiddenGradient: dHidden?.storage,
          cellGradient: dCell?.storage,
          attentionWeightsGradient: dAttentionWeights?.storage,
          inputGradient: dInput?.storage,
          gateGradient: dGates.storage,
          queryGradient: dQueries.storage,
          combineGradient: dCombine.storage,
          biasGradient: dBias.storage,
          energyGradient: dEnergy?.storage,
          keysGradient: dKeys.storage,
          valuesGradient: dValues.storage,
          addToKeys: keysSum !== undefined,
          addToValues: valuesSum !== undefined,
          initialHiddenGradient: before.hidden.storage,
          initialCellGradient: before.cell.storage,
          initialAttentionalGradient: before.attentional?.storage,
        });
        return [
          dInput,
          stepProducts(dGates, saved.inputs, batch),
          stepProducts(dGates, saved.hidden, batch),
          ...[dBias, dBias],
          query && stepProducts(dQueries, saved.hidden, batch, batch),
          dEnergy,
          stepProducts(dCombine, saved.combined, batch),
          keysSum ? undefined : dKeys,
          valuesSum ? undefined : dValues,
          ...[before.hidden, before.cell, before.attentional],
        ];
      },
    });
  }
  return { output, attentionWeights, hiddenState, cellState };
}

function checkedShape(
  input: Tensor,
  { lstm, query, energy, combine }: AttentionalLstmWeights,
  { keys, values, lengths }: AttendedSource,
  { hiddenState, cellState, attentional }: AttentionalLstmState,
): AttentionalLstmShape {
  const op = "attentionalLstm";
  checkFloat(op, input, lstm.weightIh, lstm.weightHh, lstm.biasIh, lstm.biasHh, combine, keys, values, hiddenState);
  if (input.shape.length !== 3 || input.shape[1] === 0) {
    throw new ShapeError(op, "input of shape [batch, time, vectorSize] with a time of at least 1", input.shape);
  }
  const [batch, time, vectorSize] = input.shape as [number, number, number];
  const hiddenSize = lstm.weightHh.shape[1] ?? 0;
  const attentionalSize = combine.shape[0] ?? 0;
  const [, srcLen = 0, valueSize = 0] = values.shape;
  const querySize = query?.shape[0] ?? hiddenSize;
  const inputSize = vectorSize + (attentional ? attentionalSize : 0);
  const required: readonly (readonly [string, Tensor | undefined, readonly number[]])[] = [
    ["weights.lstm.weightIh", lstm.weightIh, [4 * hiddenSize, inputSize]],
    ["weights.lstm.weightHh", lstm.weightHh, [4 * hiddenSize, hiddenSize]],
    ["weights.lstm.biasIh", lstm.biasIh, [4 * hiddenSize]],
    ["weights.lstm.biasHh", lstm.biasHh, [4 * hiddenSize]],
    ["weights.query", query, [querySize, hiddenSize]],
    ["weights.energy", energy, [querySize]],
    ["weights.combine", combine, [attentionalSize, valueSize + hiddenSize]],
    ["source.values", values, [batch, srcLen, valueSize]],
    ["source.keys", keys, [batch, srcLen, querySize]],
    ["state.hiddenState", hiddenState, [batch, hiddenSize]],
    ["state.cellState", cellState, [batch, hiddenSize]],
    ["state.attentional", attentional, [batch, attentionalSize]],
  ];
  for (const [name, tensor, shape] of required) requireShape(op, name, tensor, shape);
  checkLengths(op, lengths, batch, srcLen);
  const isFed = attentional !== undefined;
  const sizes = { batch, time, vectorSize, hiddenSize, attentionalSize, srcLen, querySize, valueSize };
  return { ...sizes, srcLengths: lengths, isFed };
}
