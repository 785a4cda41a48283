/** Numbers, times and tables as people read them in a terminal. */

/** `0:07`, `12:30`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `950`, `12.3k`, `4.56M`. */
export function formatCount(value: number): string {
  if (value < 1000) return String(Math.round(value));
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e5 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(2)}M`;
}

/** `12,345`. */
export function formatWhole(value: number): string {
  return value.toLocaleString("en-US");
}

/** A score by its metric's name: rates and losses with four digits, BLEU and chrF, which go to 100, with two. */
export function formatScore(name: string, value: number): string {
  return value.toFixed(name === "bleu" || name === "chrf" ? 2 : 4);
}

/** Columns of text, the first one to the left, the others to the right unless `left` is set. */
export function formatTable(rows: readonly (readonly string[])[], { left = false } = {}): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const space = " ".repeat(widths[column]! - displayWidth(cell));
          return left || column === 0 ? cell + space : space + cell;
        })
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

const NO_CELL = /[\p{Mark}\p{Cf}]/u;
const TWO_CELLS =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/**
 * Terminal cells of a text: two for East Asian wide characters and emoji, none for combining marks and characters that
 * only say how others look.
 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) if (!NO_CELL.test(character)) width += TWO_CELLS.test(character) ? 2 : 1;
  return width;
}
