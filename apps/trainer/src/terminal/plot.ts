/** A curve as text, over a logarithmic axis. */

export interface PlotPoint {
  /** Above 0. */
  readonly x: number;
  readonly y: number;
}

export interface PlotOptions {
  readonly xLabel: string;
  /** Marked below the axis. */
  readonly mark?: { readonly x: number; readonly label: string } | undefined;
  /** Characters of the drawing, without the numbers beside it. */
  readonly width?: number;
  readonly height?: number;
}

/** Lines of text, each with its break; in each column the mean of the points that fall into it. */
export function plotText(points: readonly PlotPoint[], { xLabel, mark, width = 64, height = 14 }: PlotOptions): string {
  const [first, last] = [points[0]!.x, points.at(-1)!.x];
  const columnOf = (x: number) =>
    last > first ? Math.round((Math.log(x / first) / Math.log(last / first)) * (width - 1)) : 0;
  const ys = points.map(({ y }) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const rowOf = (y: number) => (high > low ? Math.round(((high - y) / (high - low)) * (height - 1)) : 0);
  const canvas = Array.from({ length: height }, () => new Array<string>(width).fill(" "));
  for (const [column, inColumn] of Map.groupBy(points, ({ x }) => columnOf(x))) {
    const mean = inColumn.reduce((total, { y }) => total + y, 0) / inColumn.length;
    canvas[rowOf(mean)]![column] = "*";
  }
  const labels = canvas.map(
    (_, row) => (row === 0 ? high : row === height - 1 ? low : undefined)?.toPrecision(4) ?? "",
  );
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = canvas.map((row, at) => `${labels[at]!.padStart(margin)} |${row.join("").trimEnd()}`);
  const ends = [first, last].map((x) => x.toExponential(1)) as [string, string];
  const below = mark && `${" ".repeat(margin + 2 + columnOf(mark.x))}^ ${mark.label}`;
  return [
    ...lines,
    `${" ".repeat(margin)} +${"-".repeat(width)}`,
    ...(below === undefined ? [] : [below]),
    `${" ".repeat(margin + 2)}${ends[0]}${xLabel.padStart((width + xLabel.length) / 2 - ends[0].length).padEnd(width - ends.join("").length)}${ends[1]}`,
  ]
    .map((line) => `${line}\n`)
    .join("");
}
