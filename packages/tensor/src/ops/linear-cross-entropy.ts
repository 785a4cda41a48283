/** The output layer with the loss over its classes, one op: neither the logits nor their gradient are tensors of the caller. */
import { needsGrad } from "../autograd/tape.ts";
import { ShapeError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { Tensor } from "../tensor.ts";
import { type CrossEntropyOptions, checkTargets, lossArgs } from "./cross-entropy.ts";
import { checkFloat } from "./elementwise.ts";

export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** `[classes]`, added to the logits. Default: none. */
  readonly bias?: Tensor;
}

const optionNames: OptionNames<LinearCrossEntropyOptions> = { bias: true, classWeights: true, labelSmoothing: true };

/**
 * `crossEntropy(linear(x, weight, bias), targets, options)` with its bits, sooner and in half the memory where classes are many.
 *
 * @param x       `[n, features]`
 * @param weight  `[classes, features]`
 * @param targets class of each row, `[n]`; -1 leaves the row out
 * @returns shape `[]`, nats; 0 if no row counts
 * @throws {ShapeError} if shapes do not fit together
 * @throws {IndexError} if a target is not a class
 */
export function linearCrossEntropy(
  x: Tensor,
  weight: Tensor,
  targets: Int32Array,
  options: LinearCrossEntropyOptions = {},
): Tensor {
  requireKnownOptions("linearCrossEntropy", options, optionNames);
  const { bias } = options;
  const { rows, features, classes } = extents(x, weight, bias);
  checkTargets("linearCrossEntropy", targets, rows, classes);
  const { session } = x;
  const inputs = [x, weight, bias];
  const requiresGrad = needsGrad(inputs);
  using work = requiresGrad ? undefined : session.scope(); // nobody reads the logits again
  const paddedRows = Math.ceil(rows / ROW_MULTIPLE) * ROW_MULTIPLE;
  const logits = session.empty([classes, paddedRows]);
  const shifts = session.empty([paddedRows]);
  const logSumExp = session.empty([paddedRows]);
  const args = {
    rows,
    features,
    classes,
    x: x.storage,
    weight: weight.storage,
    bias: bias?.storage,
    targets: session.tensor(targets, [rows], { dtype: "int32" }).storage,
    ...lossArgs("linearCrossEntropy", options, classes),
    logits: logits.storage,
    shifts: shifts.storage,
    logSumExp: logSumExp.storage,
    keepWeight: weight.block.isParameter,
  };
  const { lossSum, weightSum } = session.backend.linearCrossEntropyForward(args);
  const out = session.tensor([weightSum === 0 ? 0 : lossSum / weightSum], [], { requiresGrad });
  work?.keep(out);
  if (requiresGrad) {
    session.record({
      op: "linearCrossEntropy",
      inputs,
      outputs: [out],
      saved: [logits, shifts, logSumExp],
      backward: ([dy]) => {
        const gradients = inputs.map((input) => (input?.requiresGrad ? session.empty(input.shape) : undefined));
        const [dX, dWeight, dBias] = gradients.map((gradient) => gradient?.storage);
        const scale = weightSum === 0 ? 0 : dy!.item() / weightSum;
        session.backend.linearCrossEntropyBackward(args, scale, { x: dX, weight: dWeight, bias: dBias });
        return gradients;
      },
    });
  }
  return out;
}

/** Rows are padded to whole vectors of any backend. */
const ROW_MULTIPLE = 16;

function extents(x: Tensor, weight: Tensor, bias: Tensor | undefined) {
  const op = "linearCrossEntropy";
  checkFloat(op, x, weight, ...(bias ? [bias] : []));
  if (x.shape.length !== 2) throw new ShapeError(op, "x of shape [n, features]", x.shape);
  const [rows, features] = x.shape as [number, number];
  if (weight.shape.length !== 2 || weight.shape[1] !== features) {
    throw new ShapeError(op, `a weight of shape [classes, ${features}]`, weight.shape);
  }
  const classes = weight.shape[0]!;
  if (bias && (bias.shape.length !== 1 || bias.size !== classes)) {
    throw new ShapeError(op, `a bias of shape [${classes}]`, bias.shape);
  }
  return { rows, features, classes };
}
