/** Checks of search options that more than one search makes. */
import { SearchError } from "../errors.ts";

/** @throws {SearchError} unless `value` is an integer of at least 1 */
export function requireCount(owner: string, option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw new SearchError(owner, option, "an integer >= 1", value);
}
