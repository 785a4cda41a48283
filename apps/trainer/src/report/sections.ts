/** Draws the parts of a report: scores, and the sections that a task hands over as data. */
import type {
  CurvesSection,
  HeatMap,
  HeatMapsSection,
  MarkedPart,
  MarkedSection,
  Plan,
  ReportSection,
  TableSection,
  TextsSection,
} from "@cellstate/tasks";
import { type RunResult, scoresBeside } from "../run/result.ts";
import { formatScore } from "../terminal/format.ts";
import { CHART_COLORS, lineChart, type Series } from "./chart.ts";
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
import { scrolling, sizeClass } from "./scrolling.ts";
import { thin } from "./thin.ts";

/** A table of the model, its parts alone and the trivial models on every split. */
export function scoreTable(
  { metrics, ...beside }: Pick<RunResult, "metrics" | "parts" | "baselines">,
  plan: Plan,
): SafeHtml {
  const models = [["model", metrics] as const, ...scoresBeside(beside)];
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    plan.metrics
      .filter(({ name }) => typeof scores[name] === "number")
      .map(({ name, unit }) => ({ split, name, unit, values: models.map(([, of]) => of[split]?.[name]) })),
  );
  return scrolling(
    "Scores",
    html`<table>
<thead><tr><th scope="col">split</th><th scope="col">metric</th>${models.map(([model]) => html`<th scope="col" class="number">${breakable(model)}</th>`)}</tr></thead>
<tbody>${rows.map(
      ({ split, name, unit, values }) => html`
<tr><td>${split}</td><td>${name}</td>${values.map(
        (value) => html`<td class="number">${typeof value === "number" ? formatScore(value, unit) : "–"}</td>`,
      )}</tr>`,
    )}
</tbody></table>`,
  );
}

/** A name such as `seasonalNaive` that may be broken before its second word. */
function breakable(name: string): SafeHtml[] {
  return name.split(/(?=\p{Lu})/u).map((word, index) => (index === 0 ? html`${word}` : html`<wbr>${word}`));
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
    case "marked":
      return marked(section);
    default:
      return section satisfies never;
  }
}

function table({ title, columns, rows }: TableSection): SafeHtml | undefined {
  if (rows.length === 0) return undefined;
  const isNumber = (column: number) => (columns[column]?.isNumber === true ? "number" : "");
  const { shown, left } = firstOf(rows, TABLE_ROWS);
  const drawn = html`<table class="examples">
<thead><tr>${columns.map((one, column) => html`<th scope="col" class="${isNumber(column)}">${one.title}</th>`)}</tr></thead>
<tbody>${shown.map(
    (row) => html`
<tr>${row.map((cell, column) => html`<td class="${isNumber(column) || sizeClass(String(cell))}">${cutText(String(cell))}</td>`)}</tr>`,
  )}
</tbody></table>`;
  return html`${scrolling(title, drawn)}${left > 0 && html`<p>${left} more rows are left out.</p>`}`;
}

function heatMaps({ title, maps }: HeatMapsSection): SafeHtml {
  return html`${maps.map((map, index) => {
    const across = firstOf(map.columns, MAP_TOKENS);
    const down = firstOf(map.rows, MAP_TOKENS);
    const drawn = heatMap({ columns: across.shown, rows: down.shown, values: map.values });
    return html`${scrolling(`${title}, ${index + 1} of ${maps.length}`, drawn)}${across.left + down.left > 0 && html`<p>The first ${across.shown.length} of ${map.columns.length} columns and ${down.shown.length} of ${map.rows.length} rows.</p>`}
`;
  })}`;
}

function heatMap({ columns, rows, values }: HeatMap): SafeHtml {
  const [across, down] = [columns, rows].map((names) => names.map((name) => cutText(name, NAME_LENGTH)));
  const cell = (value: number) =>
    html`<td style="--share:${Math.round(100 * value)}%" title="${value.toFixed(2)}"></td>`;
  return html`<table class="attention cells">
<thead><tr><td></td>${across!.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>${down!.map(
    (name, row) => html`
<tr><th scope="row">${name}</th>${Array.from(values[row] ?? [])
      .slice(0, columns.length)
      .map(cell)}</tr>`,
  )}
</tbody></table>`;
}

/** Strong colours first. */
const LINE_COLORS = [...CHART_COLORS.slice(1), CHART_COLORS[0]];

function curves({ title, xLabel, series }: CurvesSection): SafeHtml | undefined {
  const lines = series.map(
    ({ name, points, isMarked = false }, index): Series => ({
      name,
      color: LINE_COLORS[index % LINE_COLORS.length]!, // the palette begins anew after the last
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

function marked({ texts: all }: MarkedSection): SafeHtml {
  const { shown, left } = firstOf(all, TABLE_ROWS);
  const drawn = shown.map(
    ({ title, parts }) => html`<p class="marked"><span class="title">${title}</span> ${parts.map(markedPart)}</p>
`,
  );
  return html`${drawn}${left > 0 && html`<p>${left} more texts are left out.</p>`}`;
}

function markedPart({ text, label, fault }: MarkedPart): SafeHtml {
  const piece = cutText(text);
  if (label === undefined) return html`${piece}`;
  if (fault === undefined) return html`<span class="named">${piece}<small>${label}</small></span>`;
  return html`<span class="named fault">${piece}<small>${label}, not ${fault}</small></span>`;
}
