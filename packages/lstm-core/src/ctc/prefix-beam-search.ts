/** Prefix beam search over one row's log-probabilities (Hannun et al. 2014, arXiv:1408.2873), without a language model. */
import { scalar, type TypedArray } from "@cellstate/tensor";

/** Labels so far: a node of the tree of all that are kept, by its last label. */
interface Prefix {
  readonly label: number;
  readonly before: Prefix | undefined;
  readonly longer: Map<number, Prefix>;
  /** Log-probability of the alignments that end in the last label. */
  inLabel: number;
  /** Log-probability of those that end in a blank. */
  inBlank: number;
}

/** What a step may lead to: a prefix of the beam, or one with one more label, which has no node yet. */
interface Candidate {
  readonly prefix: Prefix;
  readonly more: number | undefined;
  inLabel: number;
  readonly inBlank: number;
}

export interface BeamSearchOptions {
  readonly classes: number;
  readonly length: number;
  readonly blank: number;
  readonly beamSize: number;
}

/** @param logProbs  `[length * classes]` */
export function prefixBeamSearch(
  logProbs: TypedArray,
  { classes, length, blank, beamSize }: BeamSearchOptions,
): { labels: number[]; score: number }[] {
  let beam: Prefix[] = [{ label: -1, before: undefined, longer: new Map(), inLabel: LOG_ZERO, inBlank: 0 }];
  for (let time = 0; time < length; time++) {
    const step = logProbs.subarray(time * classes, (time + 1) * classes);
    beam = takeBest(candidatesOf(beam, step, blank, beamSize), beam, beamSize);
  }
  return beam.map((prefix) => ({ labels: labelsOf(prefix), score: logAdd(prefix.inLabel, prefix.inBlank) }));
}

const LOG_ZERO = Number.NEGATIVE_INFINITY;

/** All that may be among the best after a step. */
function candidatesOf(beam: readonly Prefix[], step: TypedArray, blank: number, beamSize: number): Candidate[] {
  const staying = new Map<Prefix, Candidate>();
  for (const prefix of beam) {
    const { label, inLabel, inBlank } = prefix;
    staying.set(prefix, {
      prefix,
      more: undefined,
      inLabel: label < 0 ? LOG_ZERO : inLabel + step[label]!, // the last label once more
      inBlank: logAdd(inLabel, inBlank) + step[blank]!,
    });
  }
  // A prefix grows by its most probable labels, of which one may be a repeat; of the others none can be among the best, unless it is.
  const likely = likeliestLabels(step, blank, beamSize + 1);
  const grown: Candidate[] = [];
  for (const prefix of beam) {
    const total = logAdd(prefix.inLabel, prefix.inBlank);
    // A repeated label needs a blank before it.
    const scoreOf = (label: number) => (label === prefix.label ? prefix.inBlank : total) + step[label]!;
    for (const label of likely) {
      const known = prefix.longer.get(label);
      if (known && staying.has(known)) continue;
      grown.push({ prefix, more: label, inLabel: scoreOf(label), inBlank: LOG_ZERO });
    }
    for (const [label, known] of prefix.longer) {
      const candidate = staying.get(known);
      if (candidate) candidate.inLabel = logAdd(candidate.inLabel, scoreOf(label));
    }
  }
  return [...staying.values(), ...grown];
}

/** The best candidates as the next beam, best first; what then leads nowhere leaves the tree. */
function takeBest(candidates: readonly Candidate[], beam: readonly Prefix[], beamSize: number): Prefix[] {
  const scored = candidates.map((candidate) => ({ candidate, score: logAdd(candidate.inLabel, candidate.inBlank) }));
  const possible = scored.filter(({ score }) => score > LOG_ZERO);
  const best = possible.sort((a, b) => b.score - a.score).slice(0, beamSize);
  const kept = new Set(best.map(({ candidate }) => prefixOf(candidate)));
  for (const prefix of beam) forget(prefix, kept);
  return [...kept];
}

/** The node of a candidate, with what the step gave it. */
function prefixOf({ prefix, more, inLabel, inBlank }: Candidate): Prefix {
  if (more === undefined) return Object.assign(prefix, { inLabel, inBlank });
  const known = prefix.longer.get(more); // one whose longer prefixes are still kept
  if (known) return Object.assign(known, { inLabel, inBlank });
  const longer = { label: more, before: prefix, longer: new Map(), inLabel, inBlank };
  prefix.longer.set(more, longer);
  return longer;
}

/** Takes a prefix that is not kept out of the tree, and those before it that then lead nowhere. */
function forget(prefix: Prefix, kept: ReadonlySet<Prefix>): void {
  for (let at = prefix; at.before && at.longer.size === 0 && !kept.has(at); at = at.before) {
    at.before.longer.delete(at.label);
  }
}

/** At most `count` labels, most probable first. */
function likeliestLabels(step: TypedArray, blank: number, count: number): number[] {
  const labels = Array.from(step.keys()).filter((label) => label !== blank);
  return labels.sort((a, b) => step[b]! - step[a]!).slice(0, count);
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
