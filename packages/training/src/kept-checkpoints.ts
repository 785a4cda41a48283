/** Which checkpoints a finished run keeps, and which evaluations make one that may have to stay. */
import { isBetter, type Selection } from "./selection.ts";
import type { BestScore } from "./training-state.ts";

/**
 * `none`: the saved model has the best weights; `last`: the state after the last step; `best`: the state at the best dev score,
 * or the last one if no score was finite.
 */
export const KEPT_CHECKPOINTS = ["none", "last", "best"] as const;
/** With `top`, the states at that many best dev scores, or the last one if no score was finite. */
export type KeptCheckpoints = (typeof KEPT_CHECKPOINTS)[number] | { readonly top: number };

/** How many of the best evaluations keep their checkpoints. */
export function keptScores(kept: KeptCheckpoints): number {
  return typeof kept === "object" ? kept.top : kept === "best" ? 1 : 0;
}

/**
 * The best evaluations so far, best first, of which no more than `count` are kept.
 *
 * @returns the list with `score` in its place; the same list where that is beyond its end
 */
export function rankScore(
  ranked: readonly BestScore[],
  score: BestScore,
  count: number,
  selection: Selection,
): readonly BestScore[] {
  if (!Number.isFinite(score.value)) return ranked;
  const worse = ranked.findIndex((other) => isBetter(score, other, selection));
  const place = worse === -1 ? ranked.length : worse;
  return place >= count ? ranked : [...ranked.slice(0, place), score, ...ranked.slice(place, count - 1)];
}
