/** What large or restless outputs of recurrent layers cost (Merity et al. 2018, "Regularizing and optimizing LSTM language models"). */
import {
  gatherRows,
  mean,
  mul,
  type OptionNames,
  requireKnownOptions,
  reshape,
  ShapeError,
  square,
  sub,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { requireLengths } from "../errors.ts";
import { realPositions } from "../padding.ts";
import { requireFactor } from "./weight-penalty.ts";

export interface ActivationPenaltyOptions {
  /** `[batch]`: real steps of each row, in `[0, time]`; later ones do not count. Default: all are real. */
  readonly lengths?: Int32Array | undefined;
}

const optionNames: OptionNames<ActivationPenaltyOptions> = { lengths: true };

/**
 * Activation regularization (AR): `factor` times the mean square of the real steps' outputs. Merity et al. take the outputs after dropout
 * and a factor of 2.
 *
 * @param output  of the last layer, `[batch, time, features]`
 * @param factor  finite number >= 0
 * @returns shape `[]`, to be added to a loss; 0 if no step is real
 * @throws {ShapeError} unless the output has three axes and lengths fit
 * @throws {OptionError} if the factor is negative or not finite
 */
export function activationPenalty(output: Tensor, factor: number, options: ActivationPenaltyOptions = {}): Tensor {
  requireKnownOptions("activationPenalty", options, optionNames);
  requireFactor("activationPenalty", "factor", factor);
  const { steps, lengths, seqLen } = stepsOf("activationPenalty", output, options);
  return meanSquare(gatherRows(steps, realPositions(lengths, seqLen)), factor);
}

/**
 * Temporal activation regularization (TAR): `factor` times the mean square of the difference between the outputs of neighbouring real steps.
 * Merity et al. take the outputs before dropout and a factor of 1.
 *
 * @param output  of the last layer, `[batch, time, features]`
 * @param factor  finite number >= 0
 * @returns shape `[]`, to be added to a loss; 0 if no two real steps are neighbours
 * @throws {ShapeError} unless the output has three axes and lengths fit
 * @throws {OptionError} if the factor is negative or not finite
 */
export function temporalActivationPenalty(
  output: Tensor,
  factor: number,
  options: ActivationPenaltyOptions = {},
): Tensor {
  requireKnownOptions("temporalActivationPenalty", options, optionNames);
  requireFactor("temporalActivationPenalty", "factor", factor);
  const { steps, lengths, seqLen } = stepsOf("temporalActivationPenalty", output, options);
  const firsts = realPositions(
    lengths.map((length) => Math.max(0, length - 1)),
    seqLen,
  );
  const changes = sub(
    gatherRows(
      steps,
      firsts.map((position) => position + 1),
    ),
    gatherRows(steps, firsts),
  );
  return meanSquare(changes, factor);
}

function stepsOf(owner: string, output: Tensor, { lengths }: ActivationPenaltyOptions) {
  const [batchSize = 0, seqLen = 0, features = 0] = output.shape;
  if (output.shape.length !== 3) throw new ShapeError(owner, "output of shape [batch, time, features]", output.shape);
  if (lengths) requireLengths(owner, lengths, batchSize, seqLen);
  const steps = reshape(output, [batchSize * seqLen, features]);
  return { steps, seqLen, lengths: lengths ?? new Int32Array(batchSize).fill(seqLen) };
}

function meanSquare(x: Tensor, factor: number): Tensor {
  return mul(x.size === 0 ? sum(x) : mean(square(x)), factor);
}
