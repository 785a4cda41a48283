/** Connectionist temporal classification: the loss of labels whose places among the steps are not known (Graves et al. 2006). */
import {
  add,
  concat,
  exp,
  gather,
  gatherRows,
  IndexError,
  logSoftmax,
  maximum,
  mul,
  type OptionNames,
  requireKnownOptions,
  reshape,
  type Session,
  ShapeError,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "@cellstate/tensor";
import { CountedTargets, type CountOptions } from "../losses/counted-targets.ts";
import { constantOf, logSumExp } from "../losses/stable.ts";
import { realPositions, spreadRows } from "../padding.ts";
import { LOG_ZERO, type StateRows, statesOf, sweepAlignments } from "./alignments.ts";
import { ctcExtents } from "./ctc-extents.ts";

export interface CtcLossOptions extends Pick<CountOptions, "weights" | "reduction"> {
  /** `[batch]`: real steps of each row, in `[0, time]`. Default: all steps are real. */
  readonly lengths?: Int32Array | undefined;
  /** The class that stands for no label. Default 0. */
  readonly blank?: number | undefined;
  /**
   * Whether rows whose labels do not fit their steps count with a loss of 0; otherwise their loss is Infinity. Their gradient is 0 either
   * way. Default false.
   */
  readonly zeroInfinity?: boolean | undefined;
  /** Whether each row's loss is divided by its labels, at least 1. Default, as in PyTorch: true where the reduction is a mean. */
  readonly perLabel?: boolean | undefined;
}

/** Below it a total is no probability, only what LOG_ZERO leaves. */
const LOG_IMPOSSIBLE = LOG_ZERO / 10;

interface AlignedRows {
  /** Numbers of the real steps, `row * seqLen + time`. */
  readonly positions: Int32Array;
  readonly seqLen: number;
  /** `[batch]` */
  readonly lengths: Int32Array;
  readonly states: StateRows;
}

const optionNames: OptionNames<CtcLossOptions> = {
  lengths: true,
  weights: true,
  reduction: true,
  blank: true,
  zeroInfinity: true,
  perLabel: true,
};

/**
 * Mean of `-log(sum over all alignments of their probability)` over the rows, as PyTorch's `ctc_loss` of `log_softmax(logits)`.
 *
 * @param logits   raw scores or log-probabilities, `[batch, time, classes]`
 * @param targets  the labels of each row, of any number, without blanks
 * @returns shape `[]`, nats; 0 if no row counts
 * @throws {ShapeError} if logits, targets and lengths do not fit together
 * @throws {IndexError} naming the first label that is no class, or the blank
 * @throws {OptionError} if an option is unknown, or `blank` no class
 */
export function ctcLoss(logits: Tensor, targets: readonly ArrayLike<number>[], options: CtcLossOptions = {}): Tensor {
  requireKnownOptions("ctcLoss", options, optionNames);
  const { blank = 0, zeroInfinity = false, weights, reduction = "weightedMean" } = options;
  const { perLabel = reduction === "weightedMean" || reduction === "mean" } = options;
  const { batchSize, lengths } = ctcExtents("ctcLoss", logits, options.lengths, blank);
  if (targets.length !== batchSize)
    throw new ShapeError("ctcLoss", `${batchSize} rows of targets`, `${targets.length}`);
  const counted = new CountedTargets("ctcLoss", [batchSize], { weights, reduction });
  const rows = Array.from(counted.pickValues(Array.from(targets.keys())));
  const labels = rows.map((row) => requireLabels(targets[row]!, row, logits.shape[2]!, blank));
  const realLengths = Int32Array.from(rows, (row) => lengths[row]!);
  const losses = rowLosses(counted.pick(logits), realLengths, statesOf(labels, blank), zeroInfinity);
  const shares = Float64Array.from(labels, ({ length }) => (perLabel ? 1 / Math.max(1, length) : 1));
  return counted.reduce(perLabel ? mul(losses, logits.session.tensor(shares, losses.shape)) : losses);
}

/** @throws {IndexError} naming the first label that is no class, or the blank */
function requireLabels(labels: ArrayLike<number>, row: number, classes: number, blank: number): Int32Array {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new IndexError(`ctcLoss: label ${label} at [${row}, ${i}] is not one of ${classes} classes`);
    }
    if (label === blank) throw new IndexError(`ctcLoss: label ${label} at [${row}, ${i}] is the blank`);
  }
  return Int32Array.from(labels);
}

/**
 * The loss of each row, `[batch]`. Its gradient by the log-probability of a state at a step is minus the probability that an alignment is
 * there (section 4.2), which both sweeps give without a tape.
 */
function rowLosses(logits: Tensor, lengths: Int32Array, states: StateRows, zeroInfinity: boolean): Tensor {
  const { session } = logits;
  const [batchSize, seqLen, classes] = logits.shape as [number, number, number];
  const positions = realPositions(lengths, seqLen);
  const logProbs = logSoftmax(gatherRows(reshape(logits, [batchSize * seqLen, classes]), positions));
  const ofStates = maximum(gather(logProbs, 1, stateIndices(session, states, positions, seqLen)), LOG_ZERO);
  const { totals, occupied } = session.noGrad(() => {
    return session.tidy(() => alignmentSums(constantOf(ofStates), { positions, seqLen, lengths, states }));
  });
  const impossible = zeroInfinity ? 0 : Number.POSITIVE_INFINITY;
  const values = Float64Array.from(totals.readSync(), (total) => (total < LOG_IMPOSSIBLE ? impossible : -total));
  const carried = sum(mul(occupied, sub(constantOf(ofStates), ofStates)), 1); // [real steps]: 0, with the gradient
  const carriers = spreadRows([reshape(carried, [positions.length, 1])], positions, batchSize * seqLen);
  return add(session.tensor(values, [batchSize]), sum(reshape(carriers, [batchSize, seqLen]), 1));
}

/** Class of each state at each real step, `[real steps, numStates]`. */
function stateIndices(session: Session, states: StateRows, positions: Int32Array, seqLen: number): Tensor {
  const { numStates, classes } = states;
  const indices = new Int32Array(positions.length * numStates);
  positions.forEach((position, index) => {
    const row = Math.floor(position / seqLen);
    indices.set(classes.subarray(row * numStates, (row + 1) * numStates), index * numStates);
  });
  return session.tensor(indices, [positions.length, numStates], { dtype: "int32" });
}

/**
 * Over all alignments of each row: `totals`, the logarithm of their probability, `[batch]`; `occupied`, the share of them that is in a
 * state at a real step, `[real steps, numStates]`.
 */
function alignmentSums(ofStates: Tensor, { positions, seqLen, lengths, states }: AlignedRows) {
  const { session } = ofStates;
  const { batchSize, numStates, counts } = states;
  const options = { logProbs: spreadRows([ofStates], positions, batchSize * seqLen), seqLen, lengths, states };
  const { before, after, last } = sweepAlignments(options);
  // An alignment ends in the last label, if there is one, or in the blank behind it.
  const ends = Int32Array.from(counts, (count) => count - 1);
  const lastLabels = ends.map((end) => Math.max(0, end - 1));
  const endScores = [ends, lastLabels].map((places) => {
    return gather(last, 1, session.tensor(places, [batchSize, 1], { dtype: "int32" }));
  });
  const noLabel = Float64Array.from(counts, (count) => (count === 1 ? LOG_ZERO : 0));
  const endings = concat([endScores[0]!, add(endScores[1]!, session.tensor(noLabel, [batchSize, 1]))], 1);
  const totals = logSumExp(endings, 1);
  const possible = totals.readSync().map((total) => (total < LOG_IMPOSSIBLE ? 0 : 1));
  const rows = Int32Array.from(positions, (position) => Math.floor(position / seqLen));
  const isState = new Float64Array(positions.length * numStates);
  rows.forEach((row, index) => {
    if (possible[row] === 1) isState.fill(1, index * numStates, index * numStates + counts[row]!);
  });
  const both = gatherRows(add(before, after), positions); // has the step's own log-probability twice
  const shares = exp(sub(sub(both, ofStates), unsqueeze(gatherRows(totals, rows), 1)));
  return { totals, occupied: where(session.tensor(isState, shares.shape), shares, 0) };
}
