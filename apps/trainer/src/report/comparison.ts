/** A comparison of runs as a page that loads nothing. */
import type { Comparison } from "../compare/comparison.ts";
import type { ComparedRun } from "../compare/read-run.ts";
import { answerOf, inputOf, scoreRows, showValue } from "../compare/rows.ts";
import type { ChangedAnswer } from "../compare/score-differences.ts";
import { CHART_COLORS, lineChart, type Series } from "./chart.ts";
import { html, type SafeHtml } from "./html.ts";
import { CHANGED_ROWS, CURVE_POINTS, cutText, firstOf } from "./limits.ts";
import { pageOf } from "./page.ts";
import { scrolling, sizeClass } from "./scrolling.ts";
import { type Point, thin } from "./thin.ts";

/** The page's text; no text of the data is taken for markup. */
export function renderComparison(comparison: Comparison): string {
  const { first, others, config, notes } = comparison;
  const runs = [first, ...others.map(({ run }) => run)];
  const names = runs.map(({ name }) => name);
  const body = html`<header><h1>${names.length} runs compared</h1>
<dl>${runs.map(({ name, lock }) => html`<div><dt>${name}</dt><dd>${String(lock.config.task)}, seed ${String(lock.config.seed)}</dd></div>`)}</dl></header>
<main>
${notes.length > 0 && html`<section><h2>What does not compare</h2>${notes.map((note) => html`<p>${note}</p>`)}</section>`}
<section><h2>Scores</h2>
<p>Behind a score: how far it is from that of ${first.name}, the 95 % interval of the difference, and the p-value (McNemar's exact test
for shares of right answers, else the paired bootstrap).</p>
${table("Scores", ["score", ...names], scoreRows(comparison))}</section>
<section><h2>Curves</h2>${curves(runs)}</section>
<section><h2>Configs</h2>${
    config.length === 0
      ? html`<p>They are the same.</p>`
      : table(
          "Configs",
          ["key", ...names],
          config.map(({ key, values }) => [key, ...values.map(showValue)]),
        )
  }</section>
${others.map(({ run, splits }) =>
  Object.entries(splits).map(
    ([split, compared]) =>
      "changed" in compared && compared.changed !== undefined && changedSection(first, run, split, compared.changed),
  ),
)}
</main>`;
  return pageOf(`${names.join(", ")}: comparison`, body);
}

/** @param name  what it shows, for those who do not see it */
function table(name: string, head: readonly string[], rows: readonly (readonly string[])[]): SafeHtml {
  const drawn = html`<table class="examples">
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr>${row.map((cell) => html`<td class="${sizeClass(cell)}">${cell}</td>`)}</tr>`,
  )}
</tbody></table>`;
  return scrolling(name, drawn);
}

/** The loss of training, and what chooses the best weights, of all runs over each other. */
function curves(runs: readonly ComparedRun[]): SafeHtml {
  const seriesOf = (read: (run: ComparedRun) => readonly Point[], dots: boolean): Series[] =>
    runs.map((run, index) => ({
      name: run.name,
      color: CHART_COLORS[index % CHART_COLORS.length]!,
      dots,
      points: thin(read(run), CURVE_POINTS),
    }));
  const training = seriesOf((run) => pointsOf(run, "step", ({ loss }) => loss), false);
  const selections = new Set(runs.flatMap(({ plan }) => (plan === undefined ? [] : [plan.selection.name])));
  const dev = [...selections].map((name) =>
    lineChart(
      `Dev ${name}`,
      "step",
      seriesOf((run) => pointsOf(run, "evaluate", ({ metrics }) => (metrics as Record<string, unknown>)[name]), true),
    ),
  );
  return html`<div class="charts">${lineChart("Training loss", "step", training)}${dev}</div>`;
}

function pointsOf(
  { log }: ComparedRun,
  kind: string,
  read: (line: Readonly<Record<string, unknown>>) => unknown,
): Point[] {
  return log.flatMap((line) => {
    const value = line.kind === kind ? read(line) : undefined;
    return typeof value === "number" ? [{ x: line.step, y: value }] : [];
  });
}

function changedSection(
  first: ComparedRun,
  run: ComparedRun,
  split: string,
  changed: readonly ChangedAnswer[],
): SafeHtml {
  const { shown, left } = firstOf(changed, CHANGED_ROWS);
  const fixed = changed.filter(({ change }) => change === "fixed").length;
  const rows = shown.map(({ index, change, before, after }) =>
    [String(index), change, inputOf(before, first.plan), answerOf(before), answerOf(after)].map((text) =>
      cutText(text),
    ),
  );
  return html`<section><h2>${split}: answers of ${run.name} that changed sides</h2>
<p>${fixed} are right that were wrong in ${first.name}, ${changed.length - fixed} are wrong that were right.</p>
${rows.length > 0 && table(`Changed answers of ${run.name} on ${split}`, ["index", "change", "input", first.name, run.name], rows)}${left > 0 && html`<p>${left} more are left out; compare --json has them all.</p>`}</section>`;
}
