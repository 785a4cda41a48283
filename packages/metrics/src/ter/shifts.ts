/**
 * Edits with shifts: a run of words that stands elsewhere in the reference is moved for the cost of one edit. Shifts are chosen greedily, with the
 * heuristics of Tercom (Snover et al. 2006) as sacreBLEU follows them.
 */
import { EditDistances, type EditOperation } from "./edit-distance.ts";

/** Longest run that is shifted, and how far at most. */
const MOST_WORDS = 10;
const FARTHEST = 50;
/** Shifts that are tried for one hypothesis. */
const MOST_TRIED = 1000;

/** Edits that make a hypothesis the reference, each shift counted as one. */
export function editsWithShifts(hypothesis: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return hypothesis.length;
  const distances = new EditDistances(reference, hypothesis.length);
  let words = hypothesis;
  let shifts = 0;
  for (let tried = 0; ; ) {
    const best = bestShift(words, reference, distances, tried);
    tried = best.tried;
    if (tried >= MOST_TRIED || best.gain <= 0) break;
    words = best.words;
    shifts++;
  }
  return shifts + distances.distance(words);
}

interface Shifted {
  /** Edits saved; 0 where there is no shift. */
  readonly gain: number;
  readonly words: readonly string[];
  /** Shifts tried by now. */
  readonly tried: number;
}

/** The shift that saves most; among equals the longest run, then the earliest, then the earliest place. */
function bestShift(
  words: readonly string[],
  reference: readonly string[],
  distances: EditDistances,
  triedBefore: number,
): Shifted {
  const edits = distances.distance(words);
  const { places, wrongWords, wrongReference } = align(distances.edits());
  let tried = triedBefore;
  let best: { readonly rank: readonly number[]; readonly words: readonly string[] } | undefined;
  for (const { from, at, length } of commonRuns(words, reference)) {
    const isWrong = wrongWords.slice(from, from + length).includes(true);
    const isMissed = wrongReference.slice(at, at + length).includes(true);
    const isInPlace = places[at]! >= from && places[at]! < from + length;
    if (!isWrong || !isMissed || isInPlace) continue;
    for (const target of targetsOf(places, at, length)) {
      const moved = move(words, from, length, target);
      const rank = [edits - distances.distance(moved), length, -from, -target];
      tried++;
      if (best === undefined || isHigher(rank, best.rank)) best = { rank, words: moved };
    }
    if (tried >= MOST_TRIED) break;
  }
  return best === undefined ? { gain: 0, words, tried } : { gain: best.rank[0]!, words: best.words, tried };
}

/** Places before which a run may go so that it lies beside what stands beside it in the reference; each once in a row. */
function targetsOf(places: readonly number[], at: number, length: number): number[] {
  const targets: number[] = [];
  for (let offset = -1; offset < length; offset++) {
    const neighbour = at + offset;
    if (neighbour >= places.length) break;
    const target = neighbour === -1 ? 0 : places[neighbour]! + 1;
    if (target !== targets.at(-1)) targets.push(target);
  }
  return targets;
}

function isHigher(rank: readonly number[], other: readonly number[]): boolean {
  const first = rank.findIndex((value, index) => value !== other[index]);
  return first >= 0 && rank[first]! > other[first]!;
}

interface Alignment {
  /** For each word of the reference the word of the hypothesis beside it, or the last one before it; -1 before the first. */
  readonly places: readonly number[];
  readonly wrongWords: readonly boolean[];
  readonly wrongReference: readonly boolean[];
}

function align(edits: readonly EditOperation[]): Alignment {
  const places: number[] = [];
  const wrongWords: boolean[] = [];
  const wrongReference: boolean[] = [];
  for (const edit of edits) {
    const isWrong = edit !== "stay";
    if (edit !== "insert") wrongWords.push(isWrong);
    if (edit === "delete") continue;
    places.push(wrongWords.length - 1);
    wrongReference.push(isWrong);
  }
  return { places, wrongWords, wrongReference };
}

/** Runs of words that both have, at places that are not far from each other: every length that they have in common. */
function* commonRuns(words: readonly string[], reference: readonly string[]) {
  for (let from = 0; from < words.length; from++) {
    for (let at = Math.max(0, from - FARTHEST); at < Math.min(reference.length, from + FARTHEST + 1); at++) {
      const longest = Math.min(MOST_WORDS, words.length - from, reference.length - at);
      for (let length = 1; length <= longest && words[from + length - 1] === reference[at + length - 1]; length++) {
        yield { from, at, length };
      }
    }
  }
}

/** Moves a run before the word at `target`; inside itself, past as many words as it has before that. */
function move(words: readonly string[], from: number, length: number, target: number): string[] {
  const run = words.slice(from, from + length);
  const rest = [...words.slice(0, from), ...words.slice(from + length)];
  const place = target < from ? target : target > from + length ? target - length : target;
  return [...rest.slice(0, place), ...run, ...rest.slice(place)];
}
