/** Parallel coordinates: an axis for each parameter and one for the score, a line for each point (Inselberg 1985). */
import { numberText, placeOf } from "./axis.ts";
import { PLOT_SIZE } from "./chart-data.ts";
import { line } from "./d3.ts";
import { html, type SafeHtml } from "./html.ts";
import { scrolling } from "./scrolling.ts";

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

/** Pixels between two axes, below which the drawing scrolls; room for the texts of the left one. */
const GAP = 120;
const NAME_LENGTH = 22;
const TICK_LENGTH = 14;

/** A drawing that scrolls where it is wider than the page; the best line is drawn last, above the others, and texts above all lines. */
export function parallelCoordinates(title: string, axes: readonly Axis[], lines: readonly CrossingLine[]): SafeHtml {
  const places = axes.map((_, axis) => axis / Math.max(1, axes.length - 1));
  const ordered = [...lines.filter(({ isBest }) => !isBest), ...lines.filter(({ isBest }) => isBest)];
  const path = line<number>(
    (_, axis) => PLOT_SIZE * places[axis]!,
    (height) => PLOT_SIZE * (1 - height),
  ).digits(2);
  const body = html`<div class="axes" style="min-width:${GAP * axes.length}px">
<div class="area"><svg viewBox="0 0 ${PLOT_SIZE} ${PLOT_SIZE}" preserveAspectRatio="none" role="img" aria-label="${title}">
${places.map((place) => html`<path class="axis" d="M${PLOT_SIZE * place} 0V${PLOT_SIZE}"/>`)}
${ordered.map(
  ({ title: text, heights, isBest }) =>
    html`<path class="line ${isBest ? "c best" : "a"}" d="${path(heights)}"><title>${text}</title></path>
`,
)}</svg>${axes.map(({ name, ticks }, axis) => drawTexts(name, ticks, places[axis]!, axis))}</div>
</div>`;
  return scrolling(title, body);
}

function drawTexts(name: string, ticks: Axis["ticks"], place: number, axis: number): SafeHtml {
  const left = `left:${(100 * place).toFixed(2)}%`;
  const ofName = place === 1 ? "right:0" : left; // the last one would leave the drawing
  // Names beside each other never meet.
  return html`<span class="axis ${axis % 2 === 1 && "low"}" style="${ofName}">${endOf(name, NAME_LENGTH)}</span>${ticks.map(
    ({ at, text }) =>
      html`<span class="tick" style="${left};bottom:${(100 * at).toFixed(2)}%">${shortened(text, TICK_LENGTH)}</span>`,
  )}`;
}

/** An axis of numbers from the lowest to the highest, and the height of each. */
export function numberAxis(
  name: string,
  values: readonly number[],
  { isLog = false, show = numberText }: { readonly isLog?: boolean; readonly show?: (value: number) => string } = {},
): { readonly axis: Axis; readonly heightOf: (value: number) => number } {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const heightOf = (value: number) => (high > low ? placeOf({ low, high, isLog }, value) : 0.5);
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
