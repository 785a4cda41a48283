/** Search by ask and tell: a search names points to try, is told what came out of them, and names the next ones. */
import { SweepError } from "./errors.ts";
import type { Values } from "./space.ts";

/** A point that is to be tried. */
export interface Trial {
  /** Number of the point, from 1 in the order in which points were made; a point that is tried again keeps it. */
  readonly point: number;
  readonly values: Values;
  /** After how many epochs it is scored. Default: after the whole training. */
  readonly epochs?: number | undefined;
}

/** What came out of a trial. */
export interface Outcome {
  readonly point: number;
  /** Undefined where the trial failed, which ranks below all scores. */
  readonly score: number | undefined;
  /** Decides between equal scores, the smaller the better, such as the loss. Default: the lower number of a point does. */
  readonly tieBreaker?: number | undefined;
}

/** Whether the best score is the lowest or the highest. */
export type Direction = "min" | "max";

/**
 * A method: yields batches of trials and is sent the outcomes of each, in the order of its trials.
 *
 * What it yields may depend on its options and on those outcomes only, never on the order or time in which they came in.
 */
export type Method = Generator<readonly Trial[], void, readonly Outcome[]>;

/** A search under way. Told the same outcomes, it asks for the same trials, so a search is repeated by telling it all again. */
export class Search {
  readonly #method: Method;
  #asked: IteratorResult<readonly Trial[], void>;

  constructor(method: Method) {
    this.#method = method;
    this.#asked = method.next();
  }

  /** The trials of which the search waits for outcomes, the same until they are told; none once it is over. */
  ask(): readonly Trial[] {
    return this.#asked.done === true ? [] : this.#asked.value;
  }

  /**
   * Tells what came out of all trials of the last batch, in any order.
   *
   * @throws {SweepError} unless there is one outcome for each of them
   */
  tell(outcomes: readonly Outcome[]): void {
    const trials = this.ask();
    const byPoint = new Map(outcomes.map((outcome) => [outcome.point, outcome]));
    if (trials.length === 0) throw new SweepError("tell: the search is over");
    if (outcomes.length !== trials.length || trials.some(({ point }) => !byPoint.has(point))) {
      const expected = trials.map(({ point }) => point).join(", ");
      const got = outcomes.map(({ point }) => point).join(", ") || "none";
      throw new SweepError(`tell: expected an outcome for each of the points ${expected}, got ${got}`);
    }
    this.#asked = this.#method.next(trials.map(({ point }) => byPoint.get(point)!));
  }
}

/** Outcomes from the best to the worst; failed ones come last, and equal ones in the order of their points. */
export function rank<Ranked extends Outcome>(outcomes: readonly Ranked[], direction: Direction): readonly Ranked[] {
  return outcomes.toSorted(
    (a, b) =>
      compare(worth(a.score, direction), worth(b.score, direction)) ||
      compare(a.tieBreaker ?? 0, b.tieBreaker ?? 0) ||
      a.point - b.point,
  );
}

/** Low for good scores. */
function worth(score: number | undefined, direction: Direction): number {
  if (score === undefined || Number.isNaN(score)) return Number.POSITIVE_INFINITY;
  return direction === "min" ? score : -score;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
