/**
 * Additive Holt-Winters smoothing with a damped trend (Holt 1957, Winters 1960, Gardner & McKenzie 1985), with the factors that forecast
 * windows of train best.
 */

export interface SmoothingFactors {
  /** Of the level, in (0, 1]. */
  readonly level: number;
  /** Of the trend, in [0, 1]; 0: there is none. */
  readonly trend: number;
  /** Of the seasons, in [0, 1]; null: there are none. */
  readonly season: number | null;
}

/** A window of train: past and targets in scaled numbers, NaN where one is missing. */
export interface SmoothedWindow {
  readonly past: Float64Array;
  readonly targets: Float64Array;
}

/** By how much a trend goes on with each step. */
const DAMPING = 0.98;
const LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9, 1];
const TRENDS = [0, 0.05, 0.2];
const SEASONS = [null, 0.05, 0.2, 0.5];

/** @param season  steps of a season. One that does not fit twice into the past is none */
export function smooth(
  past: Float64Array,
  horizon: number,
  { season, factors }: { readonly season: number; readonly factors: SmoothingFactors },
): number[] {
  const length = factors.season !== null && 2 * season <= past.length ? season : 1;
  const first = past.subarray(0, length);
  let level = first.reduce((sum, value) => sum + value, 0) / length;
  let trend = 0;
  const seasons = Float64Array.from(first, (value) => (length === 1 ? 0 : value - level));
  for (let at = length; at < past.length; at++) {
    const value = past[at]!;
    const place = at % length;
    const before = level;
    level = factors.level * (value - seasons[place]!) + (1 - factors.level) * (level + DAMPING * trend);
    trend = factors.trend * (level - before) + (1 - factors.trend) * DAMPING * trend;
    if (factors.season !== null && length > 1) {
      seasons[place] = factors.season * (value - level) + (1 - factors.season) * seasons[place]!;
    }
  }
  let damped = 0;
  let factor = 1;
  return Array.from({ length: horizon }, (_, step) => {
    factor *= DAMPING;
    damped += factor;
    return level + damped * trend + seasons[(past.length + step) % length]!;
  });
}

/** The factors with the least squared error on windows of train, of equally good ones the first; a season of 1 is none. */
export function fitSmoothing(windows: readonly SmoothedWindow[], season: number): SmoothingFactors {
  let best: SmoothingFactors = { level: LEVELS[0]!, trend: 0, season: null };
  let least = Number.POSITIVE_INFINITY;
  for (const level of LEVELS) {
    for (const trend of TRENDS) {
      for (const ofSeason of season > 1 ? SEASONS : [null]) {
        const factors = { level, trend, season: ofSeason };
        const error = windows.reduce((sum, window) => sum + squaredErrorOf(window, season, factors), 0);
        if (error < least) [best, least] = [factors, error];
      }
    }
  }
  return best;
}

function squaredErrorOf({ past, targets }: SmoothedWindow, season: number, factors: SmoothingFactors): number {
  const forecast = smooth(past, targets.length, { season, factors });
  return targets.reduce((sum, target, at) => sum + (Number.isNaN(target) ? 0 : (target - forecast[at]!) ** 2), 0);
}
