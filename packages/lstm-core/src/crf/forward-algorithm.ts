/** Sums over all paths of a linear chain in log space, from its start and from its end (Rabiner 1989). */
import { add, exp, reshape, sub, type Tensor, transpose, unsqueeze, where } from "@cellstate/tensor";
import { walkRows } from "../layers/walk-rows.ts";
import { logSumExp } from "../losses/stable.ts";

/** Scores of a chain's parts; that of a path is the sum of those that it takes. */
export interface Chain {
  /** `[batch, time, tags]` */
  readonly emissions: Tensor;
  /** `[batch]`, each in `[1, time]` */
  readonly lengths: Int32Array;
  /** `[from, to]` */
  readonly transitions: Tensor;
  /** `[tags]` */
  readonly start: Tensor;
  /** `[tags]` */
  readonly end: Tensor;
}

/** `log(sum(exp(score)))` over all paths of each row, `[batch]`. */
export function logPartition(chain: Chain): Tensor {
  return logSumExp(add(sweep(chain, "forward").last, chain.end), 1);
}

/**
 * Probability of each tag at each step over all paths of a row.
 *
 * @returns `[batch, time, tags]`; 0 on padding
 */
export function marginalsOf(chain: Chain): Tensor {
  const { emissions, lengths } = chain;
  const [batchSize, seqLen] = emissions.shape as [number, number];
  const [forward, backward] = [sweep(chain, "forward"), sweep(chain, "backward")];
  const total = reshape(logSumExp(add(forward.last, chain.end), 1), [batchSize, 1, 1]);
  // Both sweeps have the emission of the step.
  const logProbs = sub(sub(add(forward.scores, backward.scores), emissions), total);
  const real = Float64Array.from({ length: batchSize * seqLen }, (_, place) => {
    return place % seqLen < lengths[Math.floor(place / seqLen)]! ? 1 : 0;
  });
  return where(emissions.session.tensor(real, [batchSize, seqLen, 1]), exp(logProbs), 0);
}

interface Sweep {
  /** `[batch, time, tags]`: log sum over the parts of paths up to a step that have a tag there; 0 on padding. */
  readonly scores: Tensor;
  /** `[batch, tags]`: of the step that the sweep ends with. */
  readonly last: Tensor;
}

function sweep({ emissions, lengths, transitions, start, end }: Chain, direction: "forward" | "backward"): Sweep {
  const { session, shape } = emissions;
  const [batchSize, seqLen, tags] = shape as [number, number, number];
  const isForward = direction === "forward";
  const moves = isForward ? transitions : transpose(transitions, [1, 0]); // [tag, tag after it in the sweep]
  const { sequences, state } = walkRows({
    input: reshape(emissions, [batchSize * seqLen, tags]),
    lengths,
    seqLen,
    reverse: !isForward,
    mask: undefined,
    collected: ["hiddenState"],
    initialState: {
      hiddenState: session.zeros([batchSize, tags]),
      before: add(session.zeros([batchSize, tags]), isForward ? start : end), // scores of what comes before the next step
    },
    step: (emission, { before }) => {
      const hiddenState = add(before, emission); // [rows, tags]
      return { hiddenState, before: logSumExp(add(unsqueeze(hiddenState, 2), moves), 1) };
    },
  });
  return { scores: reshape(sequences[0]!, shape), last: state.hiddenState };
}
