/** A conditional random field over the tags of a sequence: a linear chain (Lafferty et al. 2001). */
import {
  add,
  IndexError,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  type Session,
  ShapeError,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { requireLengths, requireSize } from "../errors.ts";
import { uniform } from "../initializers/initializer.ts";
import { makeParameter } from "../layers/parameter.ts";
import { CountedTargets, type CountOptions } from "../losses/counted-targets.ts";
import { type Module, namedParameters } from "../module.ts";
import { requireConstraints, type TagConstraints } from "./constraints.ts";
import { type Chain, logPartition, marginalsOf } from "./forward-algorithm.ts";
import { pathScores } from "./path-score.ts";
import { bestPaths, type TagPath } from "./viterbi.ts";

export interface CrfOptions {
  readonly numTags: number;
  /** Rules that all paths keep to, in training too. Default: any tag may follow any. */
  readonly constraints?: TagConstraints | undefined;
  /** Draws the first scores. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<CrfOptions> = { numTags: true, constraints: true, stream: true };

export interface CrfLossOptions extends Pick<CountOptions, "weights" | "reduction"> {
  /** `[batch]`: real steps of each row, in `[0, time]`; rows without any do not count. Default: all steps are real. */
  readonly lengths?: Int32Array | undefined;
  /** Whether the weighted mean is over the steps of all rows instead of over the rows. Default false. */
  readonly perStep?: boolean | undefined;
}

const lossOptionNames: OptionNames<CrfLossOptions> = { lengths: true, weights: true, reduction: true, perStep: true };

/** Far below any score, and finite, so that nothing turns into NaN: its exponential is 0. */
const FORBIDDEN = -1e9;

/** Scores of neighbouring tags; the scores of tags at each step come from a model. Names are those of AllenNLP and pytorch-crf. */
export class Crf implements Module {
  readonly numTags: number;
  /** `[tags, tags]`, by tag and the tag after it. */
  readonly transitions: Tensor;
  /** `[tags]` */
  readonly startTransitions: Tensor;
  /** `[tags]` */
  readonly endTransitions: Tensor;
  readonly #constraints: TagConstraints | undefined;

  /** @throws {OptionError} if an option is unknown, `numTags` no integer of at least 1, or the constraints are about other tags */
  constructor(session: Session, options: CrfOptions) {
    requireKnownOptions("Crf", options, optionNames);
    const { numTags, constraints, stream } = options;
    requireSize("Crf", "numTags", numTags);
    if (constraints) requireConstraints("Crf", constraints, numTags);
    this.numTags = numTags;
    this.#constraints = constraints;
    const initializer = uniform(-0.1, 0.1);
    const make = (name: string, shape: readonly number[]) =>
      makeParameter(session, { name, shape, initializer, stream });
    this.transitions = make("transitions", [numTags, numTags]);
    this.startTransitions = make("start_transitions", [numTags]);
    this.endTransitions = make("end_transitions", [numTags]);
  }

  /**
   * Mean negative log-likelihood of the rows' tags: `log(sum over all paths of exp(score))` less the score of the path given.
   *
   * @param emissions  scores of each tag at each step, `[batch, time, tags]`
   * @param tags       a tag for each step, row-major over `[batch, time]`; on padding any number
   * @returns shape `[]`, nats for each row; 0 if no row counts
   * @throws {ShapeError} if emissions, tags, lengths and weights do not fit together
   * @throws {IndexError} naming the first tag that is none, or that the constraints forbid where it stands
   */
  loss(emissions: Tensor, tags: ArrayLike<number>, options: CrfLossOptions = {}): Tensor {
    requireKnownOptions("Crf.loss", options, lossOptionNames);
    const { perStep = false, weights, reduction } = options;
    const { batchSize, seqLen, lengths } = this.#extents("Crf.loss", emissions, options.lengths);
    if (tags.length !== batchSize * seqLen)
      throw new ShapeError("Crf.loss", `${batchSize * seqLen} tags`, `${tags.length}`);
    const counted = new CountedTargets("Crf.loss", [batchSize], { weights, reduction }, (row) => lengths[row]! > 0);
    const real = Int32Array.from(counted.pickValues(lengths));
    this.#requirePaths(tags, lengths, seqLen, counted.pickValues(Array.from(lengths.keys())));
    const chain = this.#chain(counted.pick(emissions), real);
    const paths = Int32Array.from(counted.pickValues(tags, seqLen));
    return counted.reduce(sub(logPartition(chain), pathScores(chain, paths)), perStep ? real : undefined);
  }

  /**
   * The best path of each row; nothing is recorded.
   *
   * @param emissions  `[batch, time, tags]`
   * @param lengths    `[batch]`: real steps of each row, in `[0, time]`. Default: all steps are real
   * @returns a path for each row, with a tag for each real step
   * @throws {OptionError} naming the first real score that is NaN
   */
  decode(emissions: Tensor, lengths?: Int32Array): TagPath[] {
    return this.decodeBest(emissions, 1, lengths).map(([best]) => best!);
  }

  /**
   * The `count` best paths of each row, best first; fewer where there are fewer that the constraints allow.
   *
   * @throws {OptionError} as `decode`, and unless `count` is an integer of at least 1
   */
  decodeBest(emissions: Tensor, count: number, lengths?: Int32Array): TagPath[][] {
    requireSize("Crf.decodeBest", "count", count);
    const extents = this.#extents("Crf.decode", emissions, lengths);
    const { seqLen } = extents;
    using _scope = emissions.session.scope();
    using _noGrad = emissions.session.noGrad();
    const chain = this.#chain(emissions, extents.lengths);
    const [transitions, start, end] = [chain.transitions, chain.start, chain.end].map((scores) => scores.readSync());
    const all = emissions.readSync();
    return Array.from(extents.lengths, (length, row) => {
      if (length === 0) return [{ tags: [], score: 0 }];
      const rowStart = row * seqLen * this.numTags;
      const ofRow = all.subarray(rowStart, rowStart + length * this.numTags);
      const bad = ofRow.findIndex(Number.isNaN);
      if (bad >= 0) {
        const place = `[${row}, ${Math.floor(bad / this.numTags)}, ${bad % this.numTags}]`;
        throw new OptionError("Crf.decode", "emissions", "numbers", `NaN at ${place}`);
      }
      const paths = bestPaths({ emissions: ofRow, length, transitions: transitions!, start: start!, end: end! }, count);
      return paths.filter(({ tags }, rank) => rank === 0 || this.#forbiddenStep(tags) === undefined);
    });
  }

  /**
   * Probability of each tag at each step, over all paths; nothing is recorded.
   *
   * @param emissions  `[batch, time, tags]`
   * @param lengths    as in `decode`
   * @returns `[batch, time, tags]`; 0 on padding
   */
  marginals(emissions: Tensor, lengths?: Int32Array): Tensor {
    const extents = this.#extents("Crf.marginals", emissions, lengths);
    return emissions.session.noGrad(() => {
      return emissions.session.tidy(() => marginalsOf(this.#chain(emissions, extents.lengths)));
    });
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({
      transitions: this.transitions,
      start_transitions: this.startTransitions,
      end_transitions: this.endTransitions,
    });
  }

  #extents(owner: string, emissions: Tensor, lengths: Int32Array | undefined) {
    const [batchSize = 0, seqLen = 0, tags] = emissions.shape;
    if (emissions.shape.length !== 3 || tags !== this.numTags) {
      throw new ShapeError(owner, `emissions of shape [batch, time, ${this.numTags}]`, emissions.shape);
    }
    if (lengths) requireLengths(owner, lengths, batchSize, seqLen);
    return { batchSize, seqLen, lengths: lengths ?? new Int32Array(batchSize).fill(seqLen) };
  }

  /** The chain with what is forbidden far below all else. */
  #chain(emissions: Tensor, lengths: Int32Array): Chain {
    const limited = (scores: Tensor, allowed: readonly boolean[] | undefined): Tensor => {
      if (allowed === undefined) return scores;
      const penalties = allowed.map((isAllowed) => (isAllowed ? 0 : FORBIDDEN));
      return add(scores, scores.session.tensor(penalties, scores.shape));
    };
    return {
      emissions,
      lengths,
      transitions: limited(this.transitions, this.#constraints?.transitions.flat()),
      start: limited(this.startTransitions, this.#constraints?.start),
      end: limited(this.endTransitions, this.#constraints?.end),
    };
  }

  #requirePaths(tags: ArrayLike<number>, lengths: Int32Array, seqLen: number, rows: Iterable<number>): void {
    for (const row of rows) {
      const path = Array.from({ length: lengths[row]! }, (_, time) => tags[row * seqLen + time]!);
      const bad = path.findIndex((tag) => !(Number.isInteger(tag) && tag >= 0 && tag < this.numTags));
      if (bad >= 0) {
        throw new IndexError(`Crf.loss: tag ${path[bad]} at [${row}, ${bad}] is not one of ${this.numTags} tags`);
      }
      const forbidden = this.#forbiddenStep(path);
      if (forbidden !== undefined) {
        throw new IndexError(`Crf.loss: the constraints forbid tag ${path[forbidden]} at [${row}, ${forbidden}]`);
      }
    }
  }

  /** The first step whose tag may not stand there. */
  #forbiddenStep(path: readonly number[]): number | undefined {
    const constraints = this.#constraints;
    if (constraints === undefined) return undefined;
    const bad = path.findIndex((tag, step) => {
      const follows = step === 0 ? constraints.start[tag] : constraints.transitions[path[step - 1]!]![tag];
      return !follows || (step === path.length - 1 && !constraints.end[tag]);
    });
    return bad < 0 ? undefined : bad;
  }
}
