/**
 * Two classifiers as one: `p ~ exp(linear * log p_linear + network * log p_network)`, a logarithmic opinion pool (Heskes 1998) whose two
 * shares are fitted to texts that neither has learned from. Shares that do not sum to 1 make the answer more or less certain, so they are
 * its temperature too.
 */
import { scalar } from "@cellstate/tensor";

/** How much each of two classifiers says; at least 0. */
export interface Shares {
  readonly linear: number;
  readonly network: number;
}

/** Of one text, the logarithms of the probabilities that each gives to each class, and the class that is true. */
export interface JoinedText {
  readonly linear: readonly number[];
  readonly network: readonly number[];
  readonly label: number;
}

/** What both say where nothing tells them apart. */
const EQUAL = 0.5;
/** How strongly equal shares are held to, beside the sum of the losses: few texts, all of them easy, must not make shares endless. */
const PRIOR = 1;
const STEPS = 100;
/** Where a step of the search ends it. */
const SMALLEST_STEP = 1e-7;
const MAX_HALVINGS = 40;

/** The scores of the classes, which may lack a common constant. */
export function joinScores({ linear, network }: Omit<JoinedText, "label">, shares: Shares): number[] {
  return linear.map((logProb, label) => shares.linear * logProb + shares.network * network[label]!);
}

/**
 * The shares at which the loss of the texts is smallest, to four decimals. The loss is convex in both, so that the best point lies inside, or
 * on the edge where one of the two is silent.
 */
export function fitShares(texts: readonly JoinedText[]): Shares {
  const inside = descend(texts, [true, true]);
  const candidates = isFeasible(inside) ? [inside] : [descend(texts, [true, false]), descend(texts, [false, true])];
  const feasible = candidates.filter(isFeasible);
  const [best = [0, 0] as const] = feasible.sort((a, b) => slopesAt(texts, a).value - slopesAt(texts, b).value);
  return { linear: rounded(best[0]), network: rounded(best[1]) };
}

type Point = readonly [linear: number, network: number];

function isFeasible([linear, network]: Point): boolean {
  return linear >= 0 && network >= 0;
}

function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

/** Newton's steps from equal shares, each halved until the loss falls; a share that is not free is 0. */
function descend(texts: readonly JoinedText[], [linearIsFree, networkIsFree]: readonly [boolean, boolean]): Point {
  let point: Point = [linearIsFree ? EQUAL : 0, networkIsFree ? EQUAL : 0];
  let at = slopesAt(texts, point);
  for (let count = 0; count < STEPS; count++) {
    const [a, b] = at.gradient;
    const [aa, ab, bb] = at.hessian;
    const determinant = aa * bb - ab * ab; // above 0, as the prior is in it
    const step: Point =
      linearIsFree && networkIsFree
        ? [(ab * b - bb * a) / determinant, (ab * a - aa * b) / determinant]
        : [linearIsFree ? -a / aa : 0, networkIsFree ? -b / bb : 0];
    let size = 1;
    let next = moved(point, step, size);
    let there = slopesAt(texts, next);
    for (let halvings = 0; there.value > at.value && halvings < MAX_HALVINGS; halvings++) {
      size /= 2;
      next = moved(point, step, size);
      there = slopesAt(texts, next);
    }
    if (there.value > at.value) break;
    [point, at] = [next, there];
    if (Math.max(Math.abs(step[0]), Math.abs(step[1])) * size < SMALLEST_STEP) break;
  }
  return point;
}

function moved(point: Point, step: Point, size: number): Point {
  return [point[0] + size * step[0], point[1] + size * step[1]];
}

interface Slopes {
  readonly value: number;
  readonly gradient: Point;
  /** Second derivatives: linear twice, both, network twice. */
  readonly hessian: readonly [number, number, number];
}

/** The sum of the losses, with the prior, and its derivatives. */
function slopesAt(texts: readonly JoinedText[], [linear, network]: Point): Slopes {
  const [fromLinear, fromNetwork] = [linear - EQUAL, network - EQUAL];
  let value = 0.5 * PRIOR * (fromLinear * fromLinear + fromNetwork * fromNetwork);
  let [a, b] = [PRIOR * fromLinear, PRIOR * fromNetwork];
  let [aa, ab, bb] = [PRIOR, 0, PRIOR];
  for (const text of texts) {
    const logProbs = scalar.logSoftmax(joinScores(text, { linear, network }));
    // Means and covariances of both classifiers' numbers by the joined probabilities.
    let [meanLinear, meanNetwork] = [0, 0];
    for (const [label, logProb] of logProbs.entries()) {
      const prob = scalar.exp(logProb);
      meanLinear += prob * text.linear[label]!;
      meanNetwork += prob * text.network[label]!;
    }
    for (const [label, logProb] of logProbs.entries()) {
      const prob = scalar.exp(logProb);
      const [offLinear, offNetwork] = [text.linear[label]! - meanLinear, text.network[label]! - meanNetwork];
      aa += prob * offLinear * offLinear;
      ab += prob * offLinear * offNetwork;
      bb += prob * offNetwork * offNetwork;
    }
    value -= logProbs[text.label]!;
    a += meanLinear - text.linear[text.label]!;
    b += meanNetwork - text.network[text.label]!;
  }
  return { value, gradient: [a, b], hessian: [aa, ab, bb] };
}
