/** Cross-entropy of logits against class numbers, over any leading axes. */
import {
  type OptionNames,
  requireKnownOptions,
  reshape,
  ShapeError,
  type Tensor,
  crossEntropy as tensorCrossEntropy,
} from "@cellstate/tensor";
import { requireRate } from "../errors.ts";

export interface CrossEntropyOptions {
  /** `[classes]`: weight of each class, in the loss and in the count that it is divided by. Default: all 1. */
  readonly classWeights?: Tensor | undefined;
  /** Share of the target that is spread evenly over all classes, in `[0, 1)` (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number | undefined;
}

const optionNames: OptionNames<CrossEntropyOptions> = { classWeights: true, labelSmoothing: true };

/**
 * Mean cross-entropy over the counted targets, as PyTorch's `cross_entropy`.
 *
 * @param logits   raw scores, `[..., classes]`
 * @param targets  class numbers, row-major over the leading axes; -1 is not counted
 * @returns shape `[]`, nats
 * @throws {ShapeError} unless there is one target for each row of logits
 */
export function crossEntropy(logits: Tensor, targets: Int32Array, options: CrossEntropyOptions = {}): Tensor {
  requireKnownOptions("crossEntropy", options, optionNames);
  const { classWeights, labelSmoothing = 0 } = options;
  requireRate("crossEntropy", "labelSmoothing", labelSmoothing);
  const classes = logits.shape.at(-1) ?? 0;
  const rows = classes === 0 ? 0 : logits.size / classes;
  if (targets.length !== rows) throw new ShapeError("crossEntropy", `targets of shape [${rows}]`, [targets.length]);
  const flat = logits.shape.length === 2 ? logits : reshape(logits, [rows, classes]);
  return tensorCrossEntropy(flat, targets, { labelSmoothing, ...(classWeights === undefined ? {} : { classWeights }) });
}
