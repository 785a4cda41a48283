/** The script of every page: zoomable charts, and the values of cells under the pointer. Without it a page shows the same. */

import { ChartView } from "./chart-view.ts";
import { watchCells, watchLines } from "./hover.ts";
import { Readout } from "./readout.ts";

const readout = new Readout();
const charts = document.querySelectorAll<HTMLElement>("figure[data-chart]");
for (const figure of charts) new ChartView(figure, readout);
if (charts.length > 0) {
  const help = document.createElement("p");
  help.className = "help";
  help.textContent =
    "Point at a chart for its values; drag across it to zoom, double-click to see all. With keys: arrows move, + and − zoom, Escape shows all. " +
    "The wheel zooms a chart that has the focus.";
  document.querySelector(".charts, figure[data-chart]")!.after(help);
}
for (const table of document.querySelectorAll<HTMLTableElement>("table.cells")) watchCells(table, readout);
for (const drawing of document.querySelectorAll(".axes svg")) watchLines(drawing, readout);
