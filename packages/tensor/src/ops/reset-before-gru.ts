/** One step of gated recurrent units whose reset gate acts on the hidden state, as one op. */
import { needsGrad } from "../autograd/tape.ts";
import type { Layout } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { applyBinary, checkFloat } from "./elementwise.ts";
import { type Operand, product, productGradients } from "./matmul.ts";
import { requireShape } from "./recurrent.ts";

/** Hidden weights in two parts, since the candidate's product waits for the reset gate. */
export interface ResetBeforeWeights {
  /** `[2 * hiddenSize, hiddenSize]`: rows stacked reset gate, update gate. */
  readonly gates: Tensor;
  /** `[hiddenSize, hiddenSize]` */
  readonly candidate: Tensor;
}

/**
 * One step of gated recurrent units as Cho et al. 2014 have them: with `r` and `z` the sigmoids of the inputs' part plus the hidden
 * product, the candidate is `n = tanh(inputs' part + candidate (r * h))`, and the result `n + z * (h - n)`. Its bits are those of the
 * formula in small ops.
 *
 * @param ofInput  `[batch, 3 * hiddenSize]`: the inputs' part of the pre-activations, biases included, stacked reset, update, candidate
 * @param hidden   `[batch, hiddenSize]`: the state before the step
 * @param mask     `[batch, hiddenSize]`: factors of the state before each hidden product; no gradient flows to it. Default: none
 * @returns `[batch, hiddenSize]`
 * @throws {ShapeError} naming the tensor that does not fit
 */
export function resetBeforeGru(ofInput: Tensor, weights: ResetBeforeWeights, hidden: Tensor, mask?: Tensor): Tensor {
  const { session } = hidden;
  const [batch = 0, size = 0] = hidden.shape;
  check(ofInput, weights, hidden, mask);
  const inputs = [ofInput, weights.gates, weights.candidate, hidden];
  const requiresGrad = needsGrad(inputs);
  const { backend } = session;
  const shape = [batch, size];
  const both: Layout = { offset: 0, strides: [2 * size, 1] };
  const resets = both;
  const updates: Layout = { offset: size, strides: [2 * size, 1] };
  const plain: Layout = { offset: 0, strides: [size, 1] };
  const inInput = (gate: number): Layout => ({ offset: gate * size, strides: [3 * size, 1] });

  const seen = mask ? applyBinary("mul", hidden, mask, shape) : hidden;
  const gateWeights: Operand = { tensor: weights.gates, transposed: true, isKept: true };
  const candidateWeights: Operand = { tensor: weights.candidate, transposed: true, isKept: true };
  const sums = product({ tensor: seen, transposed: false }, gateWeights, session.empty([batch, 2 * size]));
  backend.copy(ofInput.storage, inInput(0), sums.storage, both, [batch, 2 * size], true);
  const gates = session.empty([batch, 2 * size]);
  backend.unary("sigmoid", sums.storage, gates.storage);
  const part = (of: Tensor, layout: Layout) => {
    const out = session.empty(shape);
    backend.copy(of.storage, layout, out.storage, plain, shape, false);
    return out;
  };
  const resetGate = part(gates, resets);
  const updateGate = part(gates, updates);
  const reset = applyBinary("mul", resetGate, seen, shape);
  const candidateSum = product({ tensor: reset, transposed: false }, candidateWeights, session.empty(shape));
  backend.copy(ofInput.storage, inInput(2), candidateSum.storage, plain, shape, true);
  const candidate = session.empty(shape);
  backend.unary("tanh", candidateSum.storage, candidate.storage);
  const apart = applyBinary("sub", hidden, candidate, shape);
  const out = applyBinary("mul", updateGate, apart, shape, requiresGrad);
  backend.copy(candidate.storage, plain, out.storage, plain, shape, true);
  if (requiresGrad) {
    session.record({
      op: "resetBeforeGru",
      inputs,
      outputs: [out],
      saved: [sums, gates, resetGate, updateGate, reset, candidateSum, candidate, apart, ...(mask ? [seen] : [])],
      backward: ([dOut], ownSum) => {
        const addTo = (sum: Tensor, term: Tensor) => backend.copy(term.storage, plain, sum.storage, plain, shape, true);
        const dUpdate = applyBinary("mul", dOut!, apart, shape);
        const dApart = applyBinary("mul", dOut!, updateGate, shape);
        const dCandidate = applyBinary("sub", dOut!, dApart, shape);
        const dCandidateSum = session.empty(shape);
        const { storage } = candidate;
        backend.unaryGradient("tanh", candidateSum.storage, storage, dCandidate.storage, dCandidateSum.storage);
        const resetTerm: Operand = { tensor: reset, transposed: false };
        const [dReset, dCandidateWeights] = productGradients(resetTerm, candidateWeights, dCandidateSum, true);
        const dResetGate = applyBinary("mul", dReset!, seen, shape);
        const dGates = session.empty([batch, 2 * size]);
        backend.copy(dResetGate.storage, plain, dGates.storage, resets, shape, false);
        backend.copy(dUpdate.storage, plain, dGates.storage, updates, shape, false);
        const dSums = session.empty([batch, 2 * size]);
        backend.unaryGradient("sigmoid", sums.storage, gates.storage, dGates.storage, dSums.storage);
        const seenTerm: Operand = { tensor: seen, transposed: false };
        const [ofGates, dGateWeights] = productGradients(seenTerm, gateWeights, dSums, true);
        const dInput = session.empty(ofInput.shape);
        backend.copy(dSums.storage, both, dInput.storage, inInput(0), [batch, 2 * size], false);
        backend.copy(dCandidateSum.storage, plain, dInput.storage, inInput(2), shape, false);
        // In the order in which the small ops would add them, so that the bits are theirs.
        const sum = ownSum(hidden);
        const dHidden = sum ?? dApart;
        if (sum) addTo(sum, dApart);
        const ofReset = applyBinary("mul", dReset!, resetGate, shape);
        if (mask) {
          addTo(ofReset, ofGates!);
          addTo(dHidden, applyBinary("mul", ofReset, mask, shape));
        } else {
          addTo(dHidden, ofReset);
          addTo(dHidden, ofGates!);
        }
        return [dInput, dGateWeights, dCandidateWeights, sum ? undefined : dHidden];
      },
    });
  }
  return out;
}

function check(ofInput: Tensor, weights: ResetBeforeWeights, hidden: Tensor, mask: Tensor | undefined): void {
  const op = "resetBeforeGru";
  checkFloat(op, ofInput, weights.gates, weights.candidate, hidden, ...(mask ? [mask] : []));
  const [batch = 0, size = 0] = hidden.shape;
  requireShape(op, "hidden", hidden, [batch, size]);
  requireShape(op, "ofInput", ofInput, [batch, 3 * size]);
  requireShape(op, "weights.gates", weights.gates, [2 * size, size]);
  requireShape(op, "weights.candidate", weights.candidate, [size, size]);
  requireShape(op, "mask", mask, [batch, size]);
}
