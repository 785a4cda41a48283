/**
 * What many searches may take together: 1 s, and 10 s more for each million characters. A pattern that is slow for short
 * texts, each within its own limit, is stopped by that.
 */
import { TimeLimitError } from "./time-limit.ts";

const MOST_MS = 1000;
const MS_PER_CHARACTER = 0.01;

export class TimeBudget {
  #left = MOST_MS;

  /**
   * Runs a search of a text, and counts its time.
   *
   * @param length of the text, in UTF-16 code units
   * @throws {TimeLimitError} if the budget is used up; the next search has a new one
   */
  spend<T>(length: number, search: () => T): T {
    const start = performance.now();
    const found = search();
    const taken = performance.now() - start; // a long text may take more than is ever left over
    this.#left = Math.min(MOST_MS, this.#left + length * MS_PER_CHARACTER - taken);
    if (this.#left >= 0) return found;
    this.#left = MOST_MS;
    throw new TimeLimitError("took longer than its share of time, with the texts before");
  }
}
