/** A line of a file with a mark under the place that a message speaks of. */

/** Characters of a long line that are shown around the place. */
const WIDTH = 76;

/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/**
 * Two lines for a message, such as
 *
 * ```
 *   3 | model: [1, 2
 *     |        ^
 * ```
 *
 * @param offset  of the place in `text`, in UTF-16 code units
 */
export function excerptAt(text: string, offset: number, line: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const whole = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, "");
  const skipped = Math.max(0, Math.min(offset - start - WIDTH / 2, whole.length - WIDTH));
  const shown = whole.slice(skipped, skipped + WIDTH).replaceAll("\t", " ");
  const before = [...shown.slice(0, offset - start - skipped)];
  const space = before.map((character) => (WIDE.test(character) ? "  " : " ")).join("");
  const label = String(line);
  return `  ${label} | ${shown}\n  ${" ".repeat(label.length)} | ${space}^`;
}
