/**
 * Where the class ends that opens at a place of an expression with the flag v; classes of Unicode take thousands of characters.
 *
 * @param source that RegExp takes
 * @param at     the place of the `[`
 */
export function endOfClass(source: string, at: number): number {
  let depth = 0;
  let end = at;
  do {
    const character = source[end++];
    if (character === "\\") end++;
    else if (character === "[") depth++;
    else if (character === "]") depth--;
  } while (depth > 0);
  return end;
}
