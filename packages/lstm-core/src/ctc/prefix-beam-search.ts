/** Prefix beam search over one row's log-probabilities (Hannun et al. 2014, arXiv:1408.2873), without a language model. */
import { scalar } from "@cellstate/tensor";

/** Labels so far: a node of the tree of all that are kept, by its last label. */
interface Prefix {
  readonly label: number;
  readonly before: Prefix | undefined;
  readonly longer: Map<number, Prefix>;
  /** Log-probabilities of the alignments that end in the last label, and of those that end in a blank. */
  readonly now: Endings;
  /** The same after the step that is being taken. */
  readonly next: Endings;
}

interface Endings {
  inLabel: number;
  inBlank: number;
}

export interface BeamSearchOptions {
  readonly classes: number;
  readonly length: number;
  readonly blank: number;
  readonly beamSize: number;
}

/** @param logProbs  `[length * classes]` */
export function prefixBeamSearch(
  logProbs: ArrayLike<number>,
  { classes, length, blank, beamSize }: BeamSearchOptions,
): { labels: number[]; score: number }[] {
  const empty = makePrefix(-1, undefined);
  empty.now.inBlank = 0;
  let beam = [empty];
  for (let time = 0; time < length; time++) {
    const logProbOf = (label: number) => logProbs[time * classes + label]!;
    // A prefix grows by its most probable labels, of which one may be a repeat; of the others none can stay in the beam, unless it is there.
    const likely = likeliestLabels(classes, blank, beamSize + 1, logProbOf);
    const reached = new Set<Prefix>();
    for (const prefix of beam) {
      stay(prefix, logProbOf(blank), prefix.before ? logProbOf(prefix.label) : Number.NEGATIVE_INFINITY);
      reached.add(prefix);
    }
    for (const prefix of beam) {
      const labels = new Set([
        ...likely,
        ...[...prefix.longer.values()].filter((one) => reached.has(one)).map(({ label }) => label),
      ]);
      for (const label of labels) reached.add(grow(prefix, label, logProbOf(label)));
    }
    beam = takeStep(reached, beamSize);
  }
  return beam.map((prefix) => ({ labels: labelsOf(prefix), score: totalOf(prefix.now) }));
}

function makePrefix(label: number, before: Prefix | undefined): Prefix {
  return { label, before, longer: new Map(), now: noEndings(), next: noEndings() };
}

const noEndings = (): Endings => ({ inLabel: Number.NEGATIVE_INFINITY, inBlank: Number.NEGATIVE_INFINITY });

const totalOf = ({ inLabel, inBlank }: Endings): number => logAdd(inLabel, inBlank);

/** The alignments that a blank, or the last label once more, leaves at the same labels. */
function stay({ now, next }: Prefix, ofBlank: number, ofLabel: number): void {
  next.inBlank = logAdd(next.inBlank, totalOf(now) + ofBlank);
  next.inLabel = logAdd(next.inLabel, now.inLabel + ofLabel);
}

/** The prefix with one more label; a repeated label needs a blank before it. */
function grow(prefix: Prefix, label: number, logProb: number): Prefix {
  let longer = prefix.longer.get(label);
  if (longer === undefined) {
    longer = makePrefix(label, prefix);
    prefix.longer.set(label, longer);
  }
  const coming = label === prefix.label ? prefix.now.inBlank : totalOf(prefix.now);
  longer.next.inLabel = logAdd(longer.next.inLabel, coming + logProb);
  return longer;
}

/** The best prefixes after the step, best first; the others are forgotten. */
function takeStep(reached: Set<Prefix>, beamSize: number): Prefix[] {
  for (const { now, next } of reached) {
    Object.assign(now, next);
    Object.assign(next, noEndings());
  }
  const scored = Array.from(reached, (prefix) => ({ prefix, score: totalOf(prefix.now) }));
  const possible = scored.filter(({ score }) => score > Number.NEGATIVE_INFINITY);
  const beam = possible.sort((a, b) => b.score - a.score).slice(0, beamSize);
  const kept = new Set(beam.map(({ prefix }) => prefix));
  for (const prefix of reached) forget(prefix, kept);
  return [...kept];
}

/** Takes a prefix that is not kept out of the tree, and those before it that then lead nowhere. */
function forget(prefix: Prefix, kept: ReadonlySet<Prefix>): void {
  for (let at = prefix; at.before && at.longer.size === 0 && !kept.has(at); at = at.before) {
    at.before.longer.delete(at.label);
  }
}

/** At most `count` labels, most probable first. */
function likeliestLabels(
  classes: number,
  blank: number,
  count: number,
  logProbOf: (label: number) => number,
): number[] {
  const labels = Array.from({ length: classes }, (_, label) => label).filter((label) => label !== blank);
  return labels.sort((a, b) => logProbOf(b) - logProbOf(a)).slice(0, count);
}

function labelsOf(prefix: Prefix): number[] {
  const labels: number[] = [];
  for (let at = prefix; at.before; at = at.before) labels.push(at.label);
  return labels.reverse();
}

/** `log(e^a + e^b)` */
function logAdd(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? high : high + scalar.log(1 + scalar.exp(low - high));
}
