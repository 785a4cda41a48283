/** From the names of one model's parameters to those of another's, by patterns on both sides. */

/** The name that a pattern and its counterpart make of `name`; undefined where the pattern does not fit. */
export function mapName(name: string, [from, to]: readonly [from: string, to: string]): string | undefined {
  const match = patternOf(from).exec(name);
  if (match === null) return undefined;
  let part = 1;
  return to.replace(/[*?]/g, () => match[part++] ?? "");
}

/** Whether every `*` and `?` on the right has one on the left to take its letters from. */
export function isMapping([from, to]: readonly [from: string, to: string]): boolean {
  const wildcards = (pattern: string) => pattern.match(/[*?]/g) ?? [];
  return wildcards(to).length <= wildcards(from).length;
}

/** Letters of `*`, dots included, and of `?` as groups. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "(.*)")
    .replaceAll("?", "(.)");
  return new RegExp(`^${source}$`, "su");
}
