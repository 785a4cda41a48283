/** Draws the parts of a report: scores, curves of the training, and the sections that a task hands over as data. */
import type {
  ConfusionSection,
  CurvesSection,
  HeatMapsSection,
  Plan,
  ReportSection,
  Scores,
  TableSection,
  TextsSection,
} from "@cellstate/tasks";
import type { MetricInfo } from "@cellstate/training";
import type { MetricsLine } from "../run/metrics-log.ts";
import type { RunResult } from "../run/result.ts";
import { formatScore } from "../terminal/format.ts";
import { lineChart, type Point, type Series, thin } from "./chart.ts";
import { html, type SafeHtml } from "./html.ts";

const CURVE_POINTS = 120;
/** What stands behind "Loss" for units that have a name. */
const LOSS_UNITS: Partial<Readonly<Record<MetricInfo["unit"], string>>> = { nats: " (nats)" };

/** A table of the model and the trivial models on every split. */
export function scoreTable({ metrics, baselines }: RunResult, plan: Plan): SafeHtml {
  const models: [string, Readonly<Record<string, Scores>>][] = [["model", metrics], ...Object.entries(baselines)];
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    plan.metrics
      .filter(({ name }) => typeof scores[name] === "number")
      .map(({ name, unit }) => ({ split, name, unit, values: models.map(([, of]) => of[split]?.[name]) })),
  );
  return html`<table>
<thead><tr><th>split</th><th>metric</th>${models.map(([model]) => html`<th class="number">${model}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ split, name, unit, values }) => html`
<tr><td>${split}</td><td>${name}</td>${values.map(
      (value) => html`<td class="number">${typeof value === "number" ? formatScore(value, unit) : "–"}</td>`,
    )}</tr>`,
  )}
</tbody></table>`;
}

/** Training and dev loss, and the metric that chose the best weights. */
export function trainingCurves(log: readonly MetricsLine[], { loss, selection }: Plan): SafeHtml {
  const ofTraining = pointsOf(log, "step", (line) => line.loss);
  const onDev = (name: string) =>
    pointsOf(log, "evaluate", ({ metrics }) => (metrics as Readonly<Record<string, unknown>>)[name]);
  const lossChart = lineChart(`Loss${LOSS_UNITS[loss.unit] ?? ""}`, "steps", [
    { name: "train", color: "a", points: thin(ofTraining, CURVE_POINTS) },
    { name: "dev", color: "b", dots: true, points: onDev(loss.name) },
  ]);
  const { name } = selection;
  const selectionChart =
    name === loss.name || lineChart(`${name} on dev`, "steps", [{ name, color: "c", dots: true, points: onDev(name) }]);
  return html`<div class="charts">${lossChart}${selectionChart !== true && selectionChart}</div>`;
}

function pointsOf(
  log: readonly MetricsLine[],
  kind: MetricsLine["kind"],
  read: (line: MetricsLine) => unknown,
): Point[] {
  return log.flatMap((line) => {
    const y = line.kind === kind ? read(line) : undefined;
    return typeof y === "number" && Number.isFinite(y) ? [{ x: line.step, y }] : [];
  });
}

/** A section of a task as HTML. */
export function drawSection(section: ReportSection): SafeHtml {
  return html`<section><h2>${section.title}</h2>${section.note !== undefined && html`<p>${section.note}</p>`}
${drawBody(section)}</section>`;
}

function drawBody(section: ReportSection): SafeHtml | undefined {
  switch (section.kind) {
    case "table":
      return table(section);
    case "confusion":
      return confusionTable(section);
    case "heatMaps":
      return heatMaps(section);
    case "curves":
      return curves(section);
    case "texts":
      return texts(section);
    default:
      return section satisfies never;
  }
}

function table({ columns, rows }: TableSection): SafeHtml | undefined {
  if (rows.length === 0) return undefined;
  const isNumber = (column: number) => (columns[column]?.isNumber === true ? "number" : "");
  return html`<table class="examples">
<thead><tr>${columns.map(({ title }, column) => html`<th class="${isNumber(column)}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr>${row.map((cell, column) => html`<td class="${isNumber(column)}">${cell}</td>`)}</tr>`,
  )}
</tbody></table>`;
}

/** How often each name was taken for each other one. */
function confusionTable({ names, counts }: ConfusionSection): SafeHtml {
  const largest = Math.max(1, ...counts.map((row) => Math.max(...row)));
  const cell = (count: number, row: number, column: number) =>
    html`<td class="number ${row === column ? "right" : "wrong"}" style="--share:${Math.round((count / largest) * 60)}%">${count}</td>`;
  return html`<table class="confusion">
<thead><tr><th>label \\ predicted</th>${names.map((name) => html`<th class="number">${name}</th>`)}</tr></thead>
<tbody>${counts.map(
    (values, row) => html`
<tr><th>${names[row]}</th>${values.map((count, column) => cell(count, row, column))}</tr>`,
  )}
</tbody></table>`;
}

function heatMaps({ maps }: HeatMapsSection): SafeHtml {
  const cell = (value: number) =>
    html`<td style="--share:${Math.round(100 * value)}%" title="${value.toFixed(2)}"></td>`;
  return html`${maps.map(
    ({ columns, rows, values }) => html`<table class="attention">
<thead><tr><th></th>${columns.map((name) => html`<th><span>${name}</span></th>`)}</tr></thead>
<tbody>${rows.map(
      (name, row) => html`
<tr><th>${name}</th>${Array.from(values[row] ?? [], cell)}</tr>`,
    )}
</tbody></table>
`,
  )}`;
}

/** Colours of lines in their order; the palette begins anew after the last. */
const LINE_COLORS = ["a", "b", "c"] as const;

function curves({ title, xLabel, series }: CurvesSection): SafeHtml | undefined {
  const lines = series.map(
    ({ name, points, isMarked = false }, index): Series => ({
      name,
      color: LINE_COLORS[index % LINE_COLORS.length]!,
      dots: isMarked,
      points,
    }),
  );
  return lineChart(title, xLabel, lines, { hasCaption: false }); // the section has the title
}

function texts({ texts: paragraphs }: TextsSection): SafeHtml {
  return html`${paragraphs.map((text) => html`<pre class="text">${text}</pre>`)}`;
}
