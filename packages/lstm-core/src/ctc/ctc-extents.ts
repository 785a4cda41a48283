/** What CTC asks of scores, in training and decoding. */
import { OptionError, ShapeError, type Tensor } from "@cellstate/tensor";
import { requireLengths } from "../errors.ts";

/**
 * @throws {ShapeError} unless scores are `[batch, time, classes]` and lengths fit
 * @throws {OptionError} unless `blank` is one of the classes
 */
export function ctcExtents(owner: string, scores: Tensor, lengths: Int32Array | undefined, blank: number) {
  const [batchSize = 0, seqLen = 0, classes = 0] = scores.shape;
  if (scores.shape.length !== 3) throw new ShapeError(owner, "scores of shape [batch, time, classes]", scores.shape);
  if (!(Number.isInteger(blank) && blank >= 0 && blank < classes)) {
    throw new OptionError(owner, "blank", `one of ${classes} classes`, blank);
  }
  if (lengths) requireLengths(owner, lengths, batchSize, seqLen);
  return { batchSize, seqLen, classes, lengths: lengths ?? new Int32Array(batchSize).fill(seqLen) };
}
