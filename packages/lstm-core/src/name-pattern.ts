/** Choosing parameters by patterns of their names, such as `encoder.*` or `*.bias_??_l0`. */
import { nearestName } from "@cellstate/tensor";
import { NamePatternError } from "./errors.ts";

/** Whether a whole name fits a pattern, in which `*` stands for any letters, dots included and none as well, and `?` for one. */
export function matchesName(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "su").test(name);
}

/**
 * The names that a pattern fits, in their order.
 *
 * @param owner  who has the pattern, for the error
 * @throws {NamePatternError} if it fits none; the message lists them all, the nearest first
 */
export function namesMatching(owner: string, pattern: string, names: readonly string[]): string[] {
  const matching = names.filter((name) => matchesName(pattern, name));
  if (matching.length === 0) throw new NamePatternError(owner, pattern, names, nearestName(pattern, names));
  return matching;
}
