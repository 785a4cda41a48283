/** The parts of a report: scores, curves, confusion table, wrong predictions, translations, attention. */
import type { AttentionMap } from "@cellstate/tasks";
import { formatScore } from "../progress/format.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import type { PredictionLine } from "../run/predictions.ts";
import type { RunResult, Scores } from "../run/result.ts";
import { lineChart, type Point, thin } from "./chart.ts";
import { html, type SafeHtml } from "./html.ts";

const curvePoints = 120;
const shownExamples = 25;

/** A table of the model and the trivial models on every split. */
export function scoreTable({ metrics, baselines }: RunResult): SafeHtml {
  const models: [string, Readonly<Record<string, Scores>>][] = [["model", metrics], ...Object.entries(baselines)];
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    Object.entries(scores)
      .filter((entry): entry is [string, number] => typeof entry[1] === "number")
      .map(([name]) => ({ split, name, values: models.map(([, of]) => of[split]?.[name]) })),
  );
  return html`<table>
<thead><tr><th>split</th><th>metric</th>${models.map(([model]) => html`<th class="number">${model}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ split, name, values }) => html`
<tr><td>${split}</td><td>${name}</td>${values.map(
      (value) => html`<td class="number">${typeof value === "number" ? formatScore(name, value) : "–"}</td>`,
    )}</tr>`,
  )}
</tbody></table>`;
}

/** Training and dev loss, and the metric that chose the best weights. */
export function curves(log: readonly MetricsLine[], selection: string): SafeHtml {
  const series = (kind: MetricsLine["kind"], key: string): Point[] =>
    log.flatMap((line) => {
      const y = line.kind === kind ? (line.metrics !== undefined ? asMap(line.metrics)[key] : line[key]) : undefined;
      return typeof y === "number" && Number.isFinite(y) ? [{ x: line.step, y }] : [];
    });
  const loss = lineChart("Loss (nats)", "steps", [
    { name: "train", color: "a", points: thin(series("step", "loss"), curvePoints) },
    { name: "dev", color: "b", dots: true, points: series("evaluate", "loss") },
  ]);
  const score =
    selection === "loss"
      ? undefined
      : lineChart(`${selection} on dev`, "steps", [
          { name: selection, color: "c", dots: true, points: series("evaluate", selection) },
        ]);
  return html`<div class="charts">${loss}${score}</div>`;
}

/** How often each label was taken for each other one. */
export function confusionTable(lines: readonly PredictionLine[]): SafeHtml {
  const labels = [...new Set(lines.flatMap((line) => [String(line.label), String(line.prediction)]))].sort();
  const counts = new Map<string, number>();
  for (const line of lines) {
    const id = JSON.stringify([line.label, line.prediction]);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const largest = Math.max(1, ...counts.values());
  const cell = (label: string, prediction: string) => {
    const count = counts.get(JSON.stringify([label, prediction])) ?? 0;
    const share = Math.round((count / largest) * 60);
    return html`<td class="number ${label === prediction ? "right" : "wrong"}" style="--share:${share}%">${count}</td>`;
  };
  return html`<table class="confusion">
<thead><tr><th>label \\ predicted</th>${labels.map((label) => html`<th class="number">${label}</th>`)}</tr></thead>
<tbody>${labels.map(
    (label) => html`
<tr><th>${label}</th>${labels.map((prediction) => cell(label, prediction))}</tr>`,
  )}
</tbody></table>`;
}

/** The wrong predictions of which the model was most certain. */
export function wrongExamples(lines: readonly PredictionLine[]): SafeHtml {
  const wrong = lines
    .filter((line) => line.label !== line.prediction)
    .map((line) => ({ line, certainty: certaintyOf(line) }))
    .sort((a, b) => b.certainty - a.certainty);
  if (wrong.length === 0) return html`<p>None: every prediction is right.</p>`;
  return html`<p>${wrong.length} of ${lines.length} are wrong; the most certain ones first.</p>
<table class="examples">
<thead><tr><th class="number">index</th><th>text</th><th>label</th><th>predicted</th><th class="number">probability</th></tr></thead>
<tbody>${wrong.slice(0, shownExamples).map(
    ({ line, certainty }) => html`
<tr><td class="number">${String(line.index)}</td><td>${String(line.text)}</td><td>${String(line.label)}</td><td>${String(line.prediction)}</td><td class="number">${certainty.toFixed(3)}</td></tr>`,
  )}
</tbody></table>`;
}

/** Translations beside their references, wrong ones first. */
export function translations(lines: readonly PredictionLine[]): SafeHtml {
  const exact = lines.filter((line) => line.prediction === line.reference).length;
  const order = lines.toSorted((a, b) => Number(isExact(a)) - Number(isExact(b)));
  return html`<p>${exact} of ${lines.length} equal their reference; the others first.</p>
<table class="examples">
<thead><tr><th class="number">index</th><th>source</th><th>reference</th><th>prediction</th></tr></thead>
<tbody>${order.slice(0, shownExamples).map(
    (line) => html`
<tr><td class="number">${String(line.index)}</td><td>${String(line.source)}</td><td>${String(line.reference)}</td><td>${String(line.prediction)}</td></tr>`,
  )}
</tbody></table>`;
}

/** For each map a table: a row for each token that was written, darker where it looked more at a token of the source. */
export function attentionTables(maps: readonly AttentionMap[]): SafeHtml {
  const cell = (weight: number) =>
    html`<td style="--share:${Math.round(100 * weight)}%" title="${weight.toFixed(2)}"></td>`;
  return html`<p>A row for each token that was written; darker where it looked more at a token of the source.</p>
${maps.map(
  ({ source, target, weights }) => html`<table class="attention">
<thead><tr><th></th>${source.map((token) => html`<th><span>${token}</span></th>`)}</tr></thead>
<tbody>${target.map(
    (token, row) => html`
<tr><th>${token}</th>${Array.from(weights[row]!, cell)}</tr>`,
  )}
</tbody></table>
`,
)}`;
}

function isExact(line: PredictionLine): boolean {
  return line.prediction === line.reference;
}

function certaintyOf(line: PredictionLine): number {
  const probs = line.probs;
  const values = Array.isArray(probs) ? probs : Object.values(asMap(probs));
  return Math.max(0, ...values.filter((value): value is number => typeof value === "number"));
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
