/** Parallel coordinates as inline SVG: an axis for each parameter and one for the score, a line for each point (Inselberg 1985). */
import { html, type SafeHtml } from "./html.ts";

/** An axis and where each line crosses it. */
export interface Axis {
  readonly name: string;
  /** Texts beside the axis, at heights from 0, the bottom, to 1. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface CrossingLine {
  /** What a pointer that rests on the line shows. */
  readonly title: string;
  /** Heights from 0 to 1, one for each axis. */
  readonly heights: readonly number[];
  readonly isBest: boolean;
}

const HEIGHT = 300;
const MARGIN = { left: 20, right: 96, top: 44, bottom: 16 };
/** Between two axes, with room for the texts of the left one. */
const GAP = 130;
/** How much larger than drawn it becomes on a wide page. */
const MAX_ZOOM = 1.25;
const NAME_LENGTH = 22;
const TICK_LENGTH = 14;

/** A drawing that scrolls where it is wider than the page; the best line is drawn last, above the others, and texts above all lines. */
export function parallelCoordinates(title: string, axes: readonly Axis[], lines: readonly CrossingLine[]): SafeHtml {
  const width = MARGIN.left + GAP * (axes.length - 1) + MARGIN.right;
  const x = (axis: number) => MARGIN.left + GAP * axis;
  const y = (height: number) => (HEIGHT - MARGIN.bottom - height * (HEIGHT - MARGIN.top - MARGIN.bottom)).toFixed(1);
  const ordered = [...lines.filter(({ isBest }) => !isBest), ...lines.filter(({ isBest }) => isBest)];
  return html`<figure class="axes" tabindex="0"><svg viewBox="0 0 ${width} ${HEIGHT}" style="min-width:${width}px;max-width:${Math.round(MAX_ZOOM * width)}px" role="img" aria-label="${title}">
${axes.map(
  (_, axis) => html`<line class="axis" x1="${x(axis)}" x2="${x(axis)}" y1="${y(0)}" y2="${y(1)}"/>
`,
)}${ordered.map(
  ({ title: text, heights, isBest }) =>
    html`<polyline class="${isBest ? "c" : "a"}" points="${heights.map((height, axis) => `${x(axis)},${y(height)}`).join(" ")}"><title>${text}</title></polyline>
`,
)}${axes.map(({ name, ticks }, axis) => {
  const shift = axis % 2 === 0 ? 16 : 32; // names beside each other never meet
  return html`<text class="axis" x="${x(axis)}" y="${shift}">${endOf(name, NAME_LENGTH)}</text>
${ticks.map(({ at, text }) => html`<text x="${x(axis) + 6}" y="${Number(y(at)) + 4}">${shortened(text, TICK_LENGTH)}</text>`)}
`;
})}</svg></figure>`;
}

/** An axis of numbers from the lowest to the highest, and the height of each. */
export function numberAxis(
  name: string,
  values: readonly number[],
  { isLog = false, show = String }: { readonly isLog?: boolean; readonly show?: (value: number) => string } = {},
): { readonly axis: Axis; readonly heightOf: (value: number) => number } {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const along = isLog ? Math.log : (value: number) => value;
  const span = along(high) - along(low);
  const heightOf = (value: number) => (span > 0 ? (along(value) - along(low)) / span : 0.5);
  const ends = low === high ? [low] : [low, high];
  return { axis: { name, ticks: ends.map((value) => ({ at: heightOf(value), text: show(value) })) }, heightOf };
}

/** An axis of choices, evenly apart, and the height of each. */
export function choiceAxis(
  name: string,
  texts: readonly string[],
): { readonly axis: Axis; readonly heightOf: (text: string) => number } {
  const heightOf = (text: string) => (texts.length === 1 ? 0.5 : Math.max(0, texts.indexOf(text)) / (texts.length - 1));
  return { axis: { name, ticks: texts.map((text) => ({ at: heightOf(text), text })) }, heightOf };
}

/** The end of a key path, which tells it from others. */
function endOf(name: string, length: number): string {
  const characters = [...name];
  return characters.length <= length ? name : `…${characters.slice(1 - length).join("")}`;
}

/** What fits between two axes. */
function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
