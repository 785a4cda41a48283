/** Tables of measurements in Markdown. */

export interface Table {
  /** Of the first column and the others. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Lines below the table. */
  readonly notes: readonly string[];
}

/** What stands where there is no number. */
export const none = "-";

/** The first column to the left, numbers to the right. */
export function toMarkdown({ header, rows, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(header.map((_, index) => (index === 0 ? "---" : "---:")));
  const table = [line(header), rule, ...rows.map(line)].join("\n");
  return [table, ...notes].join("\n\n");
}

/** About three digits, never an exponent: 0.0123, 1.23, 12.3, 123, 1,230,000. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

/** How many times `base` a value is, `1.23x`. */
export function formatRatio(value: number, base: number): string {
  return `${formatNumber(value / base)}x`;
}

/** Numbers of several contenders, each but the first with its ratio to the first. */
export function comparedCells(values: readonly (number | undefined)[]): string[] {
  const base = values[0];
  return values.map((value, index) => {
    if (value === undefined) return none;
    const number = formatNumber(value);
    return index === 0 || base === undefined ? number : `${number} (${formatRatio(value, base)})`;
  });
}

/** @internal A share of a whole, `87 %`. */
export function formatShare(value: number, whole: number): string {
  return `${Math.round((100 * value) / whole)} %`;
}

/** Operations a second as GFLOP/s, with the share of the peak where that is known: `75.2 (84 %)`. */
export function formatGflops(operationsPerSecond: number, peak?: number): string {
  const gflops = formatNumber(operationsPerSecond / 1e9);
  return peak === undefined ? gflops : `${gflops} (${formatShare(operationsPerSecond, peak)})`;
}
