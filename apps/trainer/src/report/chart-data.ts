/** What the page's script knows of a chart: the attribute `data-chart`, as JSON. */
import type { Axis } from "./axis.ts";

export interface ChartData {
  readonly xLabel: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly color: string;
    /** In the order of x. */
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  /** The last step of each epoch, in order; empty where x is no step. */
  readonly epochEnds: readonly number[];
}

/** Width and height of the drawing; the page stretches it. */
export const PLOT_SIZE = 1000;
/** About how many ticks the axes have. */
export const X_TICKS = 5;
export const Y_TICKS = 5;
