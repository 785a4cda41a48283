/** Whether two classifiers differ by more than chance, by the examples of which one alone is right. */

/**
 * The exact test of McNemar: how likely two equally good classifiers would be to share their disagreements out at least as unevenly.
 *
 * Exact in float64 within rounding, by additions, products and divisions alone, so equal on every machine.
 *
 * @param onlyFirst   examples of which the first alone is right, an integer >= 0
 * @param onlySecond  examples of which the second alone is right, an integer >= 0
 * @returns the two-sided p-value, 0..1; 1 where they disagree nowhere
 * @throws {RangeError} unless both are integers >= 0
 * @see McNemar 1947, Psychometrika 12:153; Dietterich 1998, Neural Computation 10:1895
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  if (![onlyFirst, onlySecond].every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError(`mcNemar: expected two integers >= 0, got ${onlyFirst} and ${onlySecond}`);
  }
  const disagreements = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Twice the chance of at most `fewer` heads in so many fair tosses: the last term, times the sum of all relative to it.
  let sum = 1;
  let term = 1;
  for (let heads = fewer; heads > 0; heads--) {
    term *= heads / (disagreements - heads + 1);
    sum += term;
    if (term < sum * Number.EPSILON * 1e-3) break;
  }
  return Math.min(1, 2 * chanceOf(fewer, disagreements) * sum);
}

/** The chance of so many heads in so many fair tosses; halves are taken on the way, so that nothing grows out of range. */
function chanceOf(heads: number, tosses: number): number {
  let chance = 1;
  let halves = tosses;
  for (let head = 1; head <= heads; head++) {
    chance *= (tosses - heads + head) / head;
    for (; chance > 1 && halves > 0; halves--) chance /= 2;
  }
  for (; halves > 0 && chance > 0; halves--) chance /= 2;
  return chance;
}
