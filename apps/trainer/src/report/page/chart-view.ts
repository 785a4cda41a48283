/** One chart in the page: values under the pointer or the keys, and a part of x drawn over the whole width. */
import { type Axis, epochTicks, linearAxis, numberText, placeOf, ticksOf, valueAt } from "../axis.ts";
import { type ChartData, PLOT_SIZE, X_TICKS, Y_TICKS } from "../chart-data.ts";
import { bisector } from "../d3.ts";
import type { Readout, ReadoutLine } from "./readout.ts";

type DataPoint = ChartData["series"][number]["points"][number];

const byX = bisector<DataPoint, number>(([x]) => x);
/** The narrowest part of x that can be seen, as a share of all of it. */
const NARROWEST = 1 / 200;
/** What a turn of the wheel, or a key, leaves of the part that is seen. */
const ZOOM_STEP = 0.8;
/** Pixels of a drag below which it is a click. */
const CLICK = 4;

export class ChartView {
  readonly #data: ChartData;
  readonly #readout: Readout;
  readonly #plot: HTMLElement;
  readonly #area: HTMLElement;
  readonly #cursor = document.createElement("div");
  readonly #selected = document.createElement("div");
  /** The part of x that is seen, as places on the whole axis. */
  #view = { from: 0, to: 1 };
  /** What the cursor is at. */
  #x: number;
  #dragFrom: number | undefined;

  constructor(figure: HTMLElement, readout: Readout) {
    this.#data = JSON.parse(figure.dataset.chart!) as ChartData;
    this.#readout = readout;
    this.#plot = figure.querySelector<HTMLElement>(".plot")!;
    this.#area = figure.querySelector<HTMLElement>(".area")!;
    this.#x = this.#data.x.low;
    this.#cursor.className = "cursor";
    this.#selected.className = "selected";
    for (const one of [this.#cursor, this.#selected]) one.hidden = true;
    this.#area.append(this.#cursor, this.#selected);
    this.#plot.tabIndex = 0;
    this.#listen();
  }

  #listen(): void {
    const area = this.#area;
    area.addEventListener("pointermove", (event) => this.#onMove(event));
    area.addEventListener("pointerleave", () => this.#hide());
    area.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button !== 0) return;
      this.#dragFrom = this.#shareAt(event);
      area.setPointerCapture(event.pointerId);
    });
    area.addEventListener("pointerup", (event) => this.#onUp(event));
    area.addEventListener("pointercancel", () => this.#endDrag());
    area.addEventListener("dblclick", () => this.#show(0, 1));
    area.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    this.#plot.addEventListener("keydown", (event) => this.#onKey(event));
    this.#plot.addEventListener("blur", () => this.#hide());
  }

  #onMove(event: PointerEvent): void {
    const share = this.#shareAt(event);
    if (this.#dragFrom !== undefined) {
      const [from, to] = [Math.min(this.#dragFrom, share), Math.max(this.#dragFrom, share)];
      this.#selected.hidden = false;
      this.#selected.style.left = `${100 * from}%`;
      this.#selected.style.width = `${100 * (to - from)}%`;
    }
    this.#moveTo(this.#valueOf(share));
  }

  #onUp(event: PointerEvent): void {
    const [from, to] = [this.#dragFrom, this.#shareAt(event)];
    this.#endDrag();
    if (from === undefined || Math.abs(to - from) * this.#area.clientWidth < CLICK) return;
    this.#show(this.#placeOf(Math.min(from, to)), this.#placeOf(Math.max(from, to)));
  }

  #endDrag(): void {
    this.#dragFrom = undefined;
    this.#selected.hidden = true;
  }

  /** Only where the reader has chosen the chart, or holds Ctrl: otherwise the wheel scrolls the page. */
  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && document.activeElement !== this.#plot) return;
    event.preventDefault();
    this.#zoomBy(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, this.#shareAt(event));
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const ends: Readonly<Record<string, number>> = { Home: this.#view.from, End: this.#view.to };
    if (step !== undefined) this.#moveTo(this.#neighbour(step));
    else if (ends[event.key] !== undefined) this.#moveTo(valueAt(this.#data.x, ends[event.key]!));
    else if (event.key === "+" || event.key === "=") this.#zoomBy(ZOOM_STEP, this.#shareOf(this.#x));
    else if (event.key === "-" || event.key === "−") this.#zoomBy(1 / ZOOM_STEP, this.#shareOf(this.#x));
    else if (event.key === "Escape" || event.key === "0") this.#show(0, 1);
    else return;
    event.preventDefault();
  }

  /** Makes the part that is seen `factor` times as wide, around the place that stays. */
  #zoomBy(factor: number, share: number): void {
    const { from, to } = this.#view;
    const width = Math.min(1, (to - from) * factor);
    const start = Math.min(Math.max(0, this.#placeOf(share) - share * width), 1 - width);
    this.#show(start, start + width);
  }

  #show(from: number, to: number): void {
    const room = Math.max(NARROWEST, to - from);
    const start = Math.min(Math.max(0, from), 1 - room);
    this.#view = { from: start, to: Math.min(1, start + room) };
    this.#draw();
    this.#moveTo(this.#x);
  }

  #draw(): void {
    const { x, y, epochEnds } = this.#data;
    const { from, to } = this.#view;
    const isWhole = from === 0 && to === 1;
    const part: Axis = { low: valueAt(x, from), high: valueAt(x, to), isLog: x.isLog };
    const height = isWhole ? y : this.#heightOf(part);
    const [bottom, top] = [placeOf(y, height.low), placeOf(y, height.high)];
    const box = [from, 1 - top, to - from, top - bottom].map((place) => (PLOT_SIZE * place).toFixed(3));
    const drawing = this.#area.querySelector("svg")!;
    drawing.setAttribute("viewBox", box.join(" "));
    drawing.classList.toggle("zoomed", !isWhole);
    const yTicks = ticksOf(height, Y_TICKS);
    const grid = yTicks.map(({ value }) => `M0 ${PLOT_SIZE * (1 - placeOf(y, value))}H${PLOT_SIZE}`).join("");
    drawing.querySelector(".grid")!.setAttribute("d", grid);
    this.#label(".x", "left", part, ticksOf(part, X_TICKS));
    if (epochEnds.length > 0) this.#label(".epochs", "left", part, epochTicks(part, epochEnds, X_TICKS));
    this.#label(".y", "bottom", height, yTicks);
    this.#moveMarks();
  }

  /** The range of y of what is seen. */
  #heightOf({ low, high }: Axis): Axis {
    const seen = this.#data.series.flatMap(({ points }) => {
      const first = Math.max(0, byX.left(points, low) - 1);
      return points.slice(first, byX.right(points, high) + 1).map(([, value]) => value);
    });
    return seen.length === 0 ? this.#data.y : linearAxis(Math.min(...seen), Math.max(...seen), Y_TICKS);
  }

  #label(selector: string, side: "left" | "bottom", axis: Axis, ticks: ReturnType<typeof ticksOf>): void {
    const texts = ticks.map(({ value, text }) => {
      const span = document.createElement("span");
      span.style[side] = `${100 * placeOf(axis, value)}%`;
      span.textContent = text;
      return span;
    });
    this.#plot.querySelector(selector)!.replaceChildren(...texts);
  }

  #moveMarks(): void {
    const { from, to } = this.#view;
    for (const mark of this.#area.querySelectorAll<HTMLElement>("span.mark")) {
      const share = (Number(mark.dataset.place) - from) / (to - from);
      mark.hidden = share < 0 || share > 1;
      mark.style.left = share > 0.5 ? "auto" : `${100 * share}%`;
      mark.style.right = share > 0.5 ? `${100 * (1 - share)}%` : "auto";
    }
  }

  /** Puts the cursor at the point nearest to `x` and reads out every series there. */
  #moveTo(x: number): void {
    const [low, high] = [valueAt(this.#data.x, this.#view.from), valueAt(this.#data.x, this.#view.to)];
    const nearest = this.#data.series.map(({ points }) => points[byX.center(points, x)]!);
    const seen = nearest.filter(([at]) => at >= low && at <= high);
    if (seen.length === 0) {
      this.#hide();
      return;
    }
    const [at] = seen.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best));
    this.#x = at;
    const share = this.#shareOf(at);
    this.#cursor.hidden = false;
    this.#cursor.style.left = `${100 * share}%`;
    const { left, top, width } = this.#area.getBoundingClientRect();
    this.#readout.show(this.#linesAt(at), left + share * width, Math.max(60, top + 40));
  }

  #linesAt(at: number): ReadoutLine[] {
    const { xLabel, series, epochEnds } = this.#data;
    const epoch = epochEnds.findIndex((end) => at <= end) + 1;
    const where = `${xLabel} ${numberText(at)}${epoch > 0 ? `, epoch ${epoch}` : ""}`;
    const values = series
      .filter(({ points }) => reaches(points, at))
      .map(({ name, color, points }) => {
        const [, value] = points[byX.center(points, at)]!;
        return { text: `${name} ${numberText(value)}`, color };
      });
    return [{ text: where }, ...values];
  }

  /** The next x of any series to the left (-1) or the right (1). */
  #neighbour(step: number): number {
    const others = this.#data.series
      .flatMap(({ points }) => points.map(([x]) => x))
      .filter((x) => (step > 0 ? x > this.#x : x < this.#x));
    return others.length === 0
      ? this.#x
      : others.reduce((best, x) => (step > 0 ? Math.min(best, x) : Math.max(best, x)));
  }

  #hide(): void {
    this.#cursor.hidden = true;
    this.#readout.hide();
  }

  /** How far along the part that is seen the pointer is, from 0 to 1. */
  #shareAt(event: MouseEvent): number {
    const { left, width } = this.#area.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  }

  #placeOf(share: number): number {
    return this.#view.from + share * (this.#view.to - this.#view.from);
  }

  #valueOf(share: number): number {
    return valueAt(this.#data.x, this.#placeOf(share));
  }

  #shareOf(x: number): number {
    return (placeOf(this.#data.x, x) - this.#view.from) / (this.#view.to - this.#view.from);
  }
}

/** Whether a series has a value at x: it may end, or begin, a point's distance from it. */
function reaches(points: readonly DataPoint[], x: number): boolean {
  const [first] = points[0]!;
  const [last] = points.at(-1)!;
  const slack = points.length > 1 ? (last - first) / (points.length - 1) : 0;
  return x >= first - slack && x <= last + slack;
}
