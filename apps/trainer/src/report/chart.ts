/** Line charts as inline SVG, coloured by the page's style sheet. */
import { html, type SafeHtml } from "./html.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

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

const WIDTH = 640;
const HEIGHT = 260;
const MARGIN = { left: 52, right: 26, top: 12, bottom: 34 };

interface ChartOptions {
  readonly hasCaption?: boolean;
  readonly xScale?: "linear" | "log";
}

/**
 * A chart of one or more series over the same x; nothing if no series has a point.
 *
 * @param options.hasCaption  whether the title stands above it. Default true
 * @param options.xScale      `log` for values above 0 that span powers of ten. Default `linear`, from 0
 */
export function lineChart(
  title: string,
  xLabel: string,
  series: readonly Series[],
  { hasCaption = true, xScale = "linear" }: ChartOptions = {},
): SafeHtml | undefined {
  const shown = series.filter(({ points }) => points.length > 0);
  const points = shown.flatMap((one) => one.points);
  if (points.length === 0) return undefined;
  const xs = points.map(({ x }) => x);
  const xTicks = xScale === "log" ? powerTicks(Math.min(...xs), Math.max(...xs)) : niceTicks(0, Math.max(...xs), 6);
  const yTicks = niceTicks(Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y)), 5);
  const x = scaleOf(xTicks, MARGIN.left, WIDTH - MARGIN.right, xScale);
  const y = scaleOf(yTicks, HEIGHT - MARGIN.bottom, MARGIN.top);
  return html`<figure class="chart">
<figcaption>${hasCaption && title}${shown.map(({ name, color }) => html` <span class="key ${color}">${name}</span>`)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${yTicks.map(
  (
    tick,
  ) => html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>
<text x="${MARGIN.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tickText(tick)}</text>
`,
)}${xTicks.map(
  (
    tick,
  ) => html`<text x="${at(x(tick))}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${tickText(tick)}</text>
`,
)}<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 2}" text-anchor="end">${xLabel}</text>
${shown.map((one) => drawSeries(one, x, y))}</svg>
</figure>`;
}

function drawSeries({ color, dots, hasLine = true, points }: Series, x: Scale, y: Scale): SafeHtml {
  const path = points.map((point) => `${at(x(point.x))},${at(y(point.y))}`).join(" ");
  const marks = points.map(
    (point) => html`<circle class="${color}" cx="${at(x(point.x))}" cy="${at(y(point.y))}" r="3"/>`,
  );
  return html`${hasLine && html`<polyline class="${color}" points="${path}"/>`}${dots === true && marks}
`;
}

/** At most `count` points, each the mean of its neighbours. */
export function thin(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * points.length) / count);
    const part = points.slice(from, Math.floor(((i + 1) * points.length) / count));
    const sum = part.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }));
    return { x: sum.x / part.length, y: sum.y / part.length };
  });
}

/** @internal Round numbers from at or below `low` to at or above `high`. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Values that differ only by rounding are drawn as a flat line.
  const span = high - low > Math.max(1e-6 * size, 1e-12) ? high - low : size > 1e-12 ? size : 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999)!;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten from at or below `low` to at or above `high`. */
function powerTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
}

type Scale = (value: number) => number;

function scaleOf(ticks: readonly number[], from: number, to: number, kind: "linear" | "log" = "linear"): Scale {
  const along = kind === "log" ? Math.log : (value: number) => value;
  const low = along(ticks[0]!);
  const high = along(ticks.at(-1)!);
  return (value) => from + ((along(value) - low) / (high - low)) * (to - from);
}

function at(position: number): string {
  return position.toFixed(1);
}

function tickText(value: number): string {
  if (Math.abs(value) >= 10_000) return `${value / 1000}k`;
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}
