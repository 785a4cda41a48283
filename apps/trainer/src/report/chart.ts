/**
 * Line charts that a page shows without a script: the lines are SVG, stretched over whatever room there is, and their labels HTML, so that
 * these have the page's size on a phone too. The page's script zooms them and shows values (`page/chart-view.ts`).
 */
import { type Axis, epochTicks, linearAxis, logAxis, numberText, placeOf, type Tick, ticksOf } from "./axis.ts";
import { type ChartData, PLOT_SIZE, X_TICKS, Y_TICKS } from "./chart-data.ts";
import { area, line } from "./d3.ts";
import { html, type SafeHtml } from "./html.ts";
import type { Point } from "./thin.ts";

/** The colours of the style sheet. */
export const CHART_COLORS = ["a", "b", "c", "d", "e", "f"] as const;

export interface Series {
  readonly name: string;
  /** Which colour of the style sheet. */
  readonly color: (typeof CHART_COLORS)[number];
  /** Whether each point is marked; for a few measured points. */
  readonly dots?: boolean;
  /** Whether a line joins the points. Default true. */
  readonly hasLine?: boolean;
  readonly points: readonly Point[];
}

/** A place along x that has a name, such as the epoch of the best weights. */
export interface Mark {
  readonly x: number;
  readonly text: string;
}

interface ChartOptions {
  readonly hasCaption?: boolean;
  readonly xScale?: "linear" | "log";
  readonly marks?: readonly Mark[];
  readonly epochEnds?: readonly number[];
}

/**
 * A chart of one or more series over the same x; nothing if no series has a point.
 *
 * @param options.hasCaption  whether the title stands above it. Default true
 * @param options.xScale      `log` for values above 0 that span powers of ten. Default `linear`, from 0
 * @param options.marks       places along x that get a line and a text. Default: none
 * @param options.epochEnds   the last step of each epoch, in order; then x is a step. Default: x has no epochs
 */
export function lineChart(
  title: string,
  xLabel: string,
  series: readonly Series[],
  { hasCaption = true, xScale = "linear", marks = [], epochEnds = [] }: ChartOptions = {},
): SafeHtml | undefined {
  const shown = series.filter(({ points }) => points.length > 0);
  const points = shown.flatMap((one) => one.points);
  if (points.length === 0) return undefined;
  const [left, right] = rangeOf(points.map(({ x }) => x));
  const [bottom, top] = rangeOf(points.flatMap(({ y, low = y, high = y }) => [low, high]));
  const x = xScale === "log" ? logAxis(left, right) : xAxis(Math.min(0, left), right);
  const y = linearAxis(bottom, top, Y_TICKS);
  const yTicks = ticksOf(y, Y_TICKS);
  return html`<figure class="chart" data-chart="${JSON.stringify(dataOf(xLabel, x, y, shown, epochEnds))}">
<figcaption>${hasCaption && title}${shown.map(({ name, color }) => html` <span class="key ${color}">${name}</span>`)}</figcaption>
<div class="plot" role="img" aria-label="${describe(title, xLabel, shown)}">
<div class="y">${yTicks.map(({ value, text }) => html`<span style="bottom:${percent(placeOf(y, value))}">${text}</span>`)}</div>
<div class="area"><svg viewBox="0 0 ${PLOT_SIZE} ${PLOT_SIZE}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d="${yTicks.map(({ value }) => `M0 ${at(1 - placeOf(y, value))}H${PLOT_SIZE}`).join("")}"/>
${marks.map((mark) => html`<path class="mark" d="M${at(placeOf(x, mark.x))} 0V${PLOT_SIZE}"/>`)}
${shown.map((one) => drawSeries(one, x, y))}</svg>${marks.map((mark) => drawMark(mark, placeOf(x, mark.x)))}</div>
<div class="x">${ticksOf(x, X_TICKS).map((tick) => drawXTick(x, tick))}</div>
${epochEnds.length > 0 && html`<div class="x-name">epoch</div><div class="x epochs">${epochTicks(x, epochEnds, X_TICKS).map((tick) => drawXTick(x, tick))}</div>`}
<div class="x-label">${xLabel}</div>
</div>
</figure>`;
}

/** From the first value to the last, so that the lines take the whole width. */
function xAxis(low: number, high: number): Axis {
  return high > low ? { low, high, isLog: false } : linearAxis(low, high, X_TICKS);
}

function drawXTick(x: Axis, { value, text }: Tick): SafeHtml {
  return html`<span style="left:${percent(placeOf(x, value))}">${text}</span>`;
}

function drawSeries({ color, dots, hasLine = true, points }: Series, x: Axis, y: Axis): SafeHtml {
  const across = (point: Point) => PLOT_SIZE * placeOf(x, point.x);
  const up = (value: number) => PLOT_SIZE * (1 - placeOf(y, value));
  const ranges = points.some(({ low, high }) => low !== high);
  const band = area<Point>(
    across,
    (point) => up(point.low ?? point.y),
    (point) => up(point.high ?? point.y),
  ).digits(2);
  const path = line<Point>(across, (point) => up(point.y)).digits(2);
  // A line of no length with round ends is a dot of the same size however the drawing is stretched.
  const marks = points.map((point) => `M${at(placeOf(x, point.x))} ${at(1 - placeOf(y, point.y))}h0`).join("");
  return html`${hasLine && ranges && html`<path class="band ${color}" d="${band(points)}"/>`}${hasLine && html`<path class="line ${color}" d="${path(points)}"/>`}${dots === true && html`<path class="dots ${color}" d="${marks}"/>`}
`;
}

function drawMark({ text }: Mark, place: number): SafeHtml {
  const side = place > 0.5 ? `right:${percent(1 - place)}` : `left:${percent(place)}`;
  return html`<span class="mark" style="${side}" data-place="${place.toFixed(4)}">${text}</span>`;
}

function dataOf(xLabel: string, x: Axis, y: Axis, shown: readonly Series[], epochEnds: readonly number[]): ChartData {
  const series = shown.map(({ name, color, points }) => ({
    name,
    color,
    points: points.map((point) => [short(point.x), short(point.y)] as const),
  }));
  return { xLabel, x, y, series, epochEnds };
}

/** The chart in a sentence, for those who do not see it. */
function describe(title: string, xLabel: string, shown: readonly Series[]): string {
  const parts = shown.map(({ name, points }) => {
    const [low, high] = rangeOf(points.map(({ y }) => y));
    const ends = `from ${numberText(points[0]!.y)} to ${numberText(points.at(-1)!.y)}`;
    return `${name} ${ends}, lowest ${numberText(low)}, highest ${numberText(high)}`;
  });
  return `${title} over ${xLabel}: ${parts.join("; ")}`;
}

function rangeOf(values: readonly number[]): [low: number, high: number] {
  return [Math.min(...values), Math.max(...values)];
}

/** A coordinate of the drawing. */
function at(place: number): string {
  return String(Number((PLOT_SIZE * place).toFixed(2)));
}

function percent(place: number): string {
  return `${Number((100 * place).toFixed(2))}%`;
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}
