/** A whole LSTM layer over a whole sequence, in one direction, as one op. */
import { type ProductGradient, productGradient } from "../autograd/gradient.ts";
import { needsGrad } from "../autograd/tape.ts";
import type { LstmShape } from "../backend.ts";
import { ShapeError } from "../errors.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";
import { checkLengths } from "./sequence.ts";

/** Parameters in PyTorch's layout; rows stacked input gate, forget gate, cell candidate, output gate. */
export interface LstmWeights {
  /** `[4 * hiddenSize, inputSize]` */
  readonly weightIh: Tensor;
  /** `[4 * hiddenSize, hiddenSize]` */
  readonly weightHh: Tensor;
  /** `[4 * hiddenSize]` */
  readonly biasIh: Tensor;
  /** `[4 * hiddenSize]` */
  readonly biasHh: Tensor;
}

export interface LstmState {
  /** `[batch, hiddenSize]`, also the output of the last step. */
  readonly hiddenState: Tensor;
  /** `[batch, hiddenSize]` */
  readonly cellState: Tensor;
}

export interface LstmOptions {
  /** Real steps of each row, `[batch]`. Default: all of them. */
  readonly lengths?: Int32Array;
  /** Reads each row from its true end to its start. Default false. */
  readonly reverse?: boolean;
  /** Default: zeros. */
  readonly initialState?: LstmState;
}

export interface LstmOutput extends LstmState {
  /** `[batch, time, hiddenSize]`, zeros on padding. */
  readonly output: Tensor;
}

/**
 * Runs an LSTM layer (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000).
 *
 * Padding changes no real output and no gradient. A row of length 0 gives zeros and returns its initial state.
 *
 * @param input `[batch, time, inputSize]`
 * @throws {ShapeError} naming the tensor that does not fit
 */
export function lstm(input: Tensor, weights: LstmWeights, options: LstmOptions = {}): LstmOutput {
  const shape = checkedShape(input, weights, options);
  const { batch, time, hiddenSize, inputSize } = shape;
  const { session } = input;
  const initial = options.initialState;
  const inputs = [
    input,
    weights.weightIh,
    weights.weightHh,
    weights.biasIh,
    weights.biasHh,
    initial?.hiddenState,
    initial?.cellState,
  ];
  const requiresGrad = needsGrad(inputs);
  const positions = shape.lengths.reduce((sum, length) => sum + length, 0);
  const output = session.empty([batch, time, hiddenSize], { requiresGrad });
  const hiddenState = session.empty([batch, hiddenSize], { requiresGrad });
  const cellState = session.empty([batch, hiddenSize], { requiresGrad });
  const saved = {
    gates: session.empty([positions, 4 * hiddenSize]),
    cells: session.empty([positions, hiddenSize]),
    tanhCells: session.empty([positions, hiddenSize]),
  };
  const common = {
    shape,
    keepWeights: weights.weightIh.block.isParameter && weights.weightHh.block.isParameter,
    input: input.storage,
    weightIh: weights.weightIh.storage,
    weightHh: weights.weightHh.storage,
    biasIh: weights.biasIh.storage,
    biasHh: weights.biasHh.storage,
    initialHidden: initial?.hiddenState.storage,
    initialCell: initial?.cellState.storage,
    output: output.storage,
    saved: { gates: saved.gates.storage, cells: saved.cells.storage, tanhCells: saved.tanhCells.storage },
  };
  session.backend.lstmForward({ ...common, hiddenState: hiddenState.storage, cellState: cellState.storage });
  if (requiresGrad) {
    session.record({
      op: "lstm",
      inputs,
      outputs: [output, hiddenState, cellState],
      backward: ([dOutput, dHidden, dCell]) => {
        const dInput = input.requiresGrad ? session.empty([batch, time, inputSize]) : undefined;
        const dGates = session.empty([positions, 4 * hiddenSize]);
        // A single step is most often one of many in a loop, whose weight gradients are summed in one go.
        const later =
          time === 1 && positions === batch ? stepGradients(dGates, input, initial?.hiddenState) : undefined;
        const dWeightIh = later ? undefined : session.empty(weights.weightIh.shape);
        const dWeightHh = later ? undefined : session.empty(weights.weightHh.shape);
        const dBias = session.empty(weights.biasIh.shape);
        const dInitialHidden = session.empty(hiddenState.shape);
        const dInitialCell = session.empty(cellState.shape);
        session.backend.lstmBackward({
          ...common,
          outputGradient: dOutput?.storage,
          hiddenGradient: dHidden?.storage,
          cellGradient: dCell?.storage,
          inputGradient: dInput?.storage,
          gateGradient: dGates.storage,
          weightIhGradient: dWeightIh?.storage,
          weightHhGradient: dWeightHh?.storage,
          biasGradient: dBias.storage,
          initialHiddenGradient: dInitialHidden.storage,
          initialCellGradient: dInitialCell.storage,
        });
        const dWeights = later ?? [dWeightIh, dWeightHh];
        return [dInput, ...dWeights, dBias, dBias, dInitialHidden, dInitialCell];
      },
    });
  }
  return { output, hiddenState, cellState };
}

/** Gradients of both weights from one step, put off; undefined if the batch is too large for that. */
function stepGradients(
  dGates: Tensor,
  input: Tensor,
  initialHidden: Tensor | undefined,
): [ProductGradient, ProductGradient] | undefined {
  const { session } = dGates;
  const [batch, , inputSize] = input.shape as [number, number, number];
  const previous = initialHidden ?? session.zeros([batch, dGates.shape[1]! / 4]);
  const ofIh = productGradient(dGates, session.alias(input, [batch, inputSize]));
  const ofHh = productGradient(dGates, previous);
  return ofIh && ofHh && [ofIh, ofHh];
}

function checkedShape(input: Tensor, weights: LstmWeights, options: LstmOptions): LstmShape {
  checkFloat("lstm", input);
  if (input.shape.length !== 3) throw new ShapeError("lstm", "input of shape [batch, time, inputSize]", input.shape);
  const [batch, time, inputSize] = input.shape as [number, number, number];
  const hiddenSize = (weights.weightHh.shape[1] ?? 0) as number;
  const expected = {
    weightIh: [4 * hiddenSize, inputSize],
    weightHh: [4 * hiddenSize, hiddenSize],
    biasIh: [4 * hiddenSize],
    biasHh: [4 * hiddenSize],
  };
  for (const [name, shape] of Object.entries(expected) as [keyof typeof expected, number[]][]) {
    if (!sameShape(weights[name].shape, shape)) {
      throw new ShapeError("lstm", `${name} of shape [${shape.join(", ")}]`, weights[name].shape);
    }
  }
  for (const name of ["hiddenState", "cellState"] as const) {
    const state = options.initialState?.[name];
    if (state && !sameShape(state.shape, [batch, hiddenSize])) {
      throw new ShapeError("lstm", `initialState.${name} of shape [${batch}, ${hiddenSize}]`, state.shape);
    }
  }
  const lengths = options.lengths ?? new Int32Array(batch).fill(time);
  checkLengths("lstm", lengths, batch, time);
  return { batch, time, inputSize, hiddenSize, reverse: options.reverse ?? false, lengths };
}
