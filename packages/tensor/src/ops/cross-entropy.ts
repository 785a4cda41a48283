/** Softmax cross-entropy with class weights and label smoothing, one fused op. */
import { needsGrad } from "../autograd/tape.ts";
import { IndexError, ShapeError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";

export interface CrossEntropyOptions {
  /** `[classes]`; the mean is weighted by the target's weight. Default: all 1. */
  readonly classWeights?: Tensor;
  /** Share of the target spread evenly over all classes, in `[0, 1)`. Default 0. */
  readonly labelSmoothing?: number;
}

const optionNames: OptionNames<CrossEntropyOptions> = { classWeights: true, labelSmoothing: true };

/**
 * Mean cross-entropy in nats, as PyTorch's `cross_entropy` defines it.
 *
 * @param logits  `[n, classes]`
 * @param targets class of each row, `[n]`; -1 leaves the row out
 * @returns shape `[]`; 0 if no row counts
 * @throws {IndexError} if a target is not a class
 */
export function crossEntropy(logits: Tensor, targets: Int32Array, options: CrossEntropyOptions = {}): Tensor {
  requireKnownOptions("crossEntropy", options, optionNames);
  checkFloat("crossEntropy", logits);
  if (logits.shape.length !== 2) throw new ShapeError("crossEntropy", "logits of shape [n, classes]", logits.shape);
  const [rows, classes] = logits.shape as [number, number];
  checkTargets("crossEntropy", targets, rows, classes);
  const { session } = logits;
  const args = {
    rows,
    classes,
    logits: logits.storage,
    targets: session.tensor(targets, [rows], { dtype: "int32" }).storage,
    ...lossArgs("crossEntropy", options, classes),
    shifts: session.empty([rows]).storage,
    logSumExp: session.empty([rows]).storage,
  };
  const { lossSum, weightSum } = session.backend.crossEntropyForward(args);
  const out = session.tensor([weightSum === 0 ? 0 : lossSum / weightSum], [], { requiresGrad: needsGrad([logits]) });
  if (out.requiresGrad) {
    session.record({
      op: "crossEntropy",
      inputs: [logits],
      outputs: [out],
      backward: ([dy]) => {
        const dLogits = session.empty(logits.shape);
        const scale = weightSum === 0 ? 0 : dy!.item() / weightSum;
        session.backend.crossEntropyBackward(args, scale, dLogits.storage);
        return [dLogits];
      },
    });
  }
  return out;
}

/** @throws {ShapeError | IndexError} unless there is one class, or -1, for each row */
export function checkTargets(op: string, targets: Int32Array, rows: number, classes: number): void {
  if (targets.length !== rows) throw new ShapeError(op, `${rows} targets`, `${targets.length}`);
  targets.forEach((target, row) => {
    if (!(Number.isInteger(target) && target >= -1 && target < classes)) {
      throw new IndexError(`${op}: target ${target} at position ${row} is not one of ${classes} classes`);
    }
  });
}

/** What the kernels get of the options, checked. */
export function lossArgs(op: string, options: CrossEntropyOptions, classes: number) {
  const { classWeights, labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`${op}: expected labelSmoothing in [0, 1), got ${labelSmoothing}`);
  }
  if (classWeights) checkFloat(op, classWeights);
  if (classWeights && (classWeights.shape.length !== 1 || classWeights.size !== classes)) {
    throw new ShapeError(op, `class weights of shape [${classes}]`, classWeights.shape);
  }
  return { classWeights: classWeights?.storage, labelSmoothing };
}
