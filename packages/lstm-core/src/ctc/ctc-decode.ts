/** From the scores of CTC to labels: the best class of each step, or the most probable labels over all their alignments. */
import {
  logSoftmax,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  reshape,
  type Tensor,
  type TypedArray,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { ctcExtents } from "./ctc-extents.ts";
import { prefixBeamSearch } from "./prefix-beam-search.ts";

export interface CtcDecodeOptions {
  /** `[batch]`: real steps of each row, in `[0, time]`. Default: all steps are real. */
  readonly lengths?: Int32Array | undefined;
  /** The class that stands for no label. Default 0. */
  readonly blank?: number | undefined;
}

const optionNames: OptionNames<CtcDecodeOptions> = { lengths: true, blank: true };

export interface CtcHypothesis {
  readonly labels: readonly number[];
  /** Natural-log probability: of the best alignment from `ctcGreedy`, of all that the search kept from `ctcBeamSearch`. */
  readonly score: number;
}

/**
 * The best class of each step, repeats taken once and blanks left out: the labels of the best alignment. Among equals the lowest class.
 *
 * @param logits  raw scores or log-probabilities, `[batch, time, classes]`; nothing is recorded
 * @throws {ShapeError} if logits and lengths do not fit together
 * @throws {OptionError} if an option is unknown, `blank` no class, or a real score NaN, which is named
 */
export function ctcGreedy(logits: Tensor, options: CtcDecodeOptions = {}): CtcHypothesis[] {
  requireKnownOptions("ctcGreedy", options, optionNames);
  return rowsOf("ctcGreedy", logits, options, (logProbs, { classes, length, blank }) => {
    const labels: number[] = [];
    let score = 0;
    let previous = blank;
    for (let time = 0; time < length; time++) {
      const start = time * classes;
      let best = 0;
      for (let index = 1; index < classes; index++) {
        if (logProbs[start + index]! > logProbs[start + best]!) best = index;
      }
      score += logProbs[start + best]!;
      if (best !== previous && best !== blank) labels.push(best);
      previous = best;
    }
    return { labels, score };
  });
}

export interface CtcBeamSearchOptions extends CtcDecodeOptions {
  /** Prefixes kept at each step, an integer >= 1. Default 16. */
  readonly beamSize?: number | undefined;
}

const beamOptionNames: OptionNames<CtcBeamSearchOptions> = { ...optionNames, beamSize: true };

/**
 * Prefix beam search (Hannun et al. 2014): the labels whose alignments, taken together, are most probable among those that the search keeps.
 *
 * @param logits  as in `ctcGreedy`
 * @returns for each row at most `beamSize` hypotheses, best first
 * @throws {ShapeError} as `ctcGreedy`
 * @throws {OptionError} as `ctcGreedy`, and unless `beamSize` is an integer of at least 1
 */
export function ctcBeamSearch(logits: Tensor, options: CtcBeamSearchOptions = {}): CtcHypothesis[][] {
  requireKnownOptions("ctcBeamSearch", options, beamOptionNames);
  const { beamSize = 16 } = options;
  requireSize("ctcBeamSearch", "beamSize", beamSize);
  return rowsOf("ctcBeamSearch", logits, options, (logProbs, row) => prefixBeamSearch(logProbs, { ...row, beamSize }));
}

interface RowExtents {
  readonly classes: number;
  readonly length: number;
  readonly blank: number;
}

/** What `decode` makes of the log-probabilities of each row's real steps, `[length * classes]`. */
function rowsOf<T>(
  owner: string,
  logits: Tensor,
  options: CtcDecodeOptions,
  decode: (logProbs: TypedArray, row: RowExtents) => T,
): T[] {
  const { blank = 0 } = options;
  const { batchSize, seqLen, classes, lengths } = ctcExtents(owner, logits, options.lengths, blank);
  const { session } = logits;
  using _scope = session.scope();
  using _noGrad = session.noGrad();
  const all = logSoftmax(reshape(logits, [batchSize * seqLen, classes])).readSync();
  return Array.from(lengths, (length, row) => {
    const start = row * seqLen * classes;
    const logProbs = all.subarray(start, start + length * classes);
    const bad = logProbs.findIndex(Number.isNaN);
    if (bad >= 0) {
      const place = `[${row}, ${Math.floor(bad / classes)}, ...]`; // softmax spreads a NaN over its step
      throw new OptionError(owner, "scores", "numbers", `NaN at ${place}`);
    }
    return decode(logProbs, { classes, length, blank });
  });
}
