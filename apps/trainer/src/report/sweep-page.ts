/** `sweep.html`: one self-contained page with the points of a sweep, how their values go with the score, and the winner. */
import { isChoice, type Parameter, type Space } from "@cellstate/sweep";
import type { Plan } from "@cellstate/tasks";
import { describeValues, valueText } from "../sweep/point-file.ts";
import type { ResultPoint, SweepResult } from "../sweep/sweep-result.ts";
import { formatScore } from "../terminal/format.ts";
import { rankedPoints } from "../terminal/sweep-table.ts";
import { lineChart } from "./chart.ts";
import { html, type SafeHtml } from "./html.ts";
import { cutText, firstOf, TABLE_ROWS } from "./limits.ts";
import { pageOf } from "./page.ts";
import { type Axis, type CrossingLine, choiceAxis, numberAxis, parallelCoordinates } from "./parallel-coordinates.ts";
import { scrolling } from "./scrolling.ts";
import { scoreTable } from "./sections.ts";
import type { Point } from "./thin.ts";

/** Lines that can be told from each other. */
const MAX_LINES = 500;

/** A point with a score. */
type ScoredPoint = ResultPoint & { readonly score: number };

/** The page's text. Nothing in it comes from elsewhere. */
export function renderSweepPage(result: SweepResult, plan: Plan, space: Space): string {
  const { name, task, method, metric, seed, seeds, points, winner } = result;
  const unit = plan.metrics.find((one) => one.name === metric)?.unit ?? "number";
  const show = (score: number) => formatScore(score, unit);
  const scored = points.filter((point): point is ScoredPoint => point.score !== null);
  const facts: [string, string][] = [
    ["task", task],
    ["method", method],
    ["points", String(points.length)],
    ["failed", String(points.length - scored.length)],
    ["compared by", `dev ${metric}`],
    ["seed of the points", String(seed)],
    [seeds.length === 1 ? "seed" : "seeds", seeds.join(", ")],
  ];
  const body = html`<header><h1>${name}: sweep</h1>
<dl>${facts.map(([fact, value]) => html`<div><dt>${fact}</dt><dd>${value}</dd></div>`)}</dl></header>
<main>
${
  winner !== null &&
  html`<section><h2>Best point</h2><p><code>${describeValues(winner.values)}</code></p>
${scoreTable(winner, plan)}
<p>Its config is <code>best.yaml</code>. Dev chose it, so its dev score is a little too good; the other splits were scored once, at the end.</p></section>`
}
${
  scored.length > 0 &&
  html`<section><h2>Values and scores</h2><p>A line is a point; the best is drawn strong.</p>${coordinates(result, scored, space, show)}</section>
<section><h2>Best so far</h2>${bestSoFar(result, scored)}</section>`
}
<section><h2>Points</h2>${pointTable(result, plan.loss.name, show)}</section>
</main>`;
  return pageOf(`${name}: sweep`, body);
}

function coordinates(
  { parameters, metric, winner }: SweepResult,
  scored: readonly ScoredPoint[],
  space: Space,
  show: (score: number) => string,
): SafeHtml {
  const shown = scored.slice(0, MAX_LINES);
  const columns = parameters.map((name) => parameterAxis(name, space[name]!, shown));
  const score = numberAxis(
    `dev ${metric}`,
    shown.map((point) => point.score),
    { show },
  );
  const lines = shown.map((point): CrossingLine => {
    const heights = [...columns.map(({ heightOf }) => heightOf(point)), score.heightOf(point.score)];
    const title = `point ${point.point}: ${describeValues(point.values)}, ${metric} ${show(point.score)}`;
    return { title, heights, isBest: point.point === winner?.point };
  });
  const axes = [...columns.map(({ axis }) => axis), score.axis];
  return html`${parallelCoordinates("values and scores of the points", axes, lines)}${
    scored.length > shown.length && html`<p>The first ${shown.length} of ${scored.length} points.</p>`
  }`;
}

function parameterAxis(
  name: string,
  parameter: Parameter,
  points: readonly ScoredPoint[],
): { readonly axis: Axis; readonly heightOf: (point: ScoredPoint) => number } {
  const values = points.map((point) => point.values[name]);
  if (!isChoice(parameter)) {
    const { axis, heightOf } = numberAxis(name, values as number[], { isLog: parameter.scale === "log" });
    return { axis, heightOf: (point) => heightOf(point.values[name] as number) };
  }
  const isNumbers = parameter.every((value) => typeof value === "number");
  const choices = isNumbers ? parameter.toSorted((a, b) => Number(a) - Number(b)) : parameter;
  const { axis, heightOf } = choiceAxis(name, [...new Set(choices.map(valueText))]);
  return { axis, heightOf: (point) => heightOf(valueText(point.values[name])) };
}

/** In the order of the points. */
function bestSoFar({ metric, direction }: SweepResult, scored: readonly ScoredPoint[]): SafeHtml | undefined {
  const better = direction === "max" ? Math.max : Math.min;
  const own = scored.map(({ point, score }): Point => ({ x: point, y: score }));
  const best: Point[] = [];
  for (const { x, y } of own) best.push({ x, y: better(best.at(-1)?.y ?? y, y) });
  return lineChart(`dev ${metric} by point`, "points", [
    { name: "point", color: "b", dots: true, hasLine: false, points: own },
    { name: "best so far", color: "c", points: best },
  ]);
}

function pointTable(result: SweepResult, loss: string, show: (score: number) => string): SafeHtml {
  const { parameters, metric, winner } = result;
  const { shown, left } = firstOf(rankedPoints(result, loss), TABLE_ROWS);
  const table = html`<table class="examples">
<thead><tr><th class="number">point</th>${parameters.map((name) => html`<th>${name}</th>`)}<th class="number">dev ${metric}</th><th class="number">epochs</th><th>state</th></tr></thead>
<tbody>${shown.map(
    ({ point, values, score, epochs, status, error }) => html`
<tr${point === winner?.point && html` class="best"`}><td class="number">${point}</td>${parameters.map((name) => html`<td>${cutText(valueText(values[name]))}</td>`)}<td class="number">${score === null ? "–" : show(score)}</td><td class="number">${epochs ?? "–"}</td><td>${error === null ? status : cutText(`${status}: ${error}`)}</td></tr>`,
  )}
</tbody></table>`;
  return html`${scrolling("Points", table)}${left > 0 && html`<p>${left} more points are in sweep.json.</p>`}`;
}
