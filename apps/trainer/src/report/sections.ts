/** Draws the parts of a report: scores, curves of the training, and the sections that a task hands over as data. */
import type {
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
import { CHART_COLORS, lineChart, type Point, type Series, thin } from "./chart.ts";
import { confusionTable } from "./confusion.ts";
import { html, type SafeHtml } from "./html.ts";
import {
  CURVE_POINTS,
  cutText,
  firstOf,
  MAP_TOKENS,
  NAME_LENGTH,
  PARAGRAPH_LENGTH,
  SECTION_BYTES,
  TABLE_ROWS,
} from "./limits.ts";

/** Points of the training loss, each the mean of its neighbours. */
const TRAINING_POINTS = 120;
/** What stands behind "Loss" for units that have a name. */
const LOSS_UNITS: Partial<Readonly<Record<MetricInfo["unit"], string>>> = { nats: " (nats)" };

/** A table of the model and the trivial models on every split. */
export function scoreTable({ metrics, baselines }: Pick<RunResult, "metrics" | "baselines">, plan: Plan): SafeHtml {
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
    thin(
      pointsOf(log, "evaluate", ({ metrics }) => (metrics as Readonly<Record<string, unknown>>)[name]),
      CURVE_POINTS,
    );
  const lossChart = lineChart(`Loss${LOSS_UNITS[loss.unit] ?? ""}`, "steps", [
    { name: "train", color: "a", points: thin(ofTraining, TRAINING_POINTS) },
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

/** A section of a task, and the file that has all numbers of it where the report shows a part. */
export interface ShownSection {
  readonly section: ReportSection;
  readonly file?: string | undefined;
}

/** Sections of tasks as HTML; those that would make the page too large are only named. */
export function drawSections(sections: readonly ShownSection[]): SafeHtml[] {
  let bytes = 0;
  return sections.map(({ section, file }) => {
    const drawn = drawSection(section, drawBody(section, file));
    const size = Buffer.byteLength(drawn.text);
    if (bytes + size > SECTION_BYTES) return drawSection(section, html`<p>Left out: the page would be too large.</p>`);
    bytes += size;
    return drawn;
  });
}

function drawSection({ title, note }: ReportSection, body: SafeHtml | undefined): SafeHtml {
  return html`<section><h2>${title}</h2>${note !== undefined && html`<p>${note}</p>`}
${body}</section>`;
}

function drawBody(section: ReportSection, file: string | undefined): SafeHtml | undefined {
  switch (section.kind) {
    case "table":
      return table(section);
    case "confusion":
      return confusionTable(section, file);
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
  const { shown, left } = firstOf(rows, TABLE_ROWS);
  return html`<table class="examples">
<thead><tr>${columns.map(({ title }, column) => html`<th class="${isNumber(column)}">${title}</th>`)}</tr></thead>
<tbody>${shown.map(
    (row) => html`
<tr>${row.map((cell, column) => html`<td class="${isNumber(column)}">${cutText(String(cell))}</td>`)}</tr>`,
  )}
</tbody></table>${left > 0 && html`<p>${left} more rows are left out.</p>`}`;
}

function heatMaps({ maps }: HeatMapsSection): SafeHtml {
  const cell = (value: number) =>
    html`<td style="--share:${Math.round(100 * value)}%" title="${value.toFixed(2)}"></td>`;
  return html`${maps.map(({ columns, rows, values }) => {
    const across = firstOf(columns, MAP_TOKENS);
    const down = firstOf(rows, MAP_TOKENS);
    return html`<table class="attention">
<thead><tr><th></th>${across.shown.map((name) => html`<th><span>${cutText(name, NAME_LENGTH)}</span></th>`)}</tr></thead>
<tbody>${down.shown.map(
      (name, row) => html`
<tr><th>${cutText(name, NAME_LENGTH)}</th>${Array.from(values[row] ?? [])
        .slice(0, MAP_TOKENS)
        .map(cell)}</tr>`,
    )}
</tbody></table>${across.left + down.left > 0 && html`<p>The first ${across.shown.length} of ${columns.length} columns and ${down.shown.length} of ${rows.length} rows.</p>`}
`;
  })}`;
}

function curves({ title, xLabel, series }: CurvesSection): SafeHtml | undefined {
  const lines = series.map(
    ({ name, points, isMarked = false }, index): Series => ({
      name,
      color: CHART_COLORS[index % CHART_COLORS.length]!, // the palette begins anew after the last
      dots: isMarked,
      points: thin(points, CURVE_POINTS),
    }),
  );
  return lineChart(title, xLabel, lines, { hasCaption: false }); // the section has the title
}

function texts({ texts: paragraphs }: TextsSection): SafeHtml {
  const { shown, left } = firstOf(paragraphs, TABLE_ROWS);
  const drawn = shown.map((text) => html`<pre class="text">${cutText(text, PARAGRAPH_LENGTH)}</pre>`);
  return html`${drawn}${left > 0 && html`<p>${left} more texts are left out.</p>`}`;
}
