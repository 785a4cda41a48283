/** How the training went, from the lines of `metrics.jsonl`. */
import type { Plan } from "@cellstate/tasks";
import type { MetricInfo } from "@cellstate/training";
import type { MetricsLine } from "../run/metrics-log.ts";
import { CHART_COLORS, lineChart, type Mark } from "./chart.ts";
import { html, type SafeHtml } from "./html.ts";
import { CURVE_POINTS } from "./limits.ts";
import { type Point, thin } from "./thin.ts";

/** Points of what each step tells, each the mean of its neighbours. */
const STEP_POINTS = 150;
/** What stands behind "Loss" for units that have a name. */
const LOSS_UNITS: Partial<Readonly<Record<MetricInfo["unit"], string>>> = { nats: " (nats)" };

/** Losses, scores on dev, learning rate, gradient norm and speed, with the epoch of the best weights. */
export function trainingCurves(log: readonly MetricsLine[], { loss, metrics, selection }: Plan): SafeHtml {
  const epochEnds = log.filter(({ kind }) => kind === "epoch").map(({ step }) => step);
  const marks = bestMark(log);
  const chart = (title: string, series: Parameters<typeof lineChart>[2]) =>
    lineChart(title, "steps", series, { marks, epochEnds });
  const ofSteps = (key: string) =>
    thin(
      pointsOf(log, "step", (line) => line[key]),
      STEP_POINTS,
    );
  const onDev = (name: string) =>
    thin(
      pointsOf(log, "evaluate", (line) => (line.metrics as Readonly<Record<string, unknown>>)[name]),
      CURVE_POINTS,
    );
  const epochMeans = pointsOf(log, "epoch", ({ trainLoss }) => trainLoss);
  const scores = metrics.filter(({ name }) => name !== loss.name);
  return html`<div class="charts">${chart(`Loss${LOSS_UNITS[loss.unit] ?? ""}`, [
    { name: "train", color: "a", points: ofSteps("loss") },
    { name: "train, mean of the epoch", color: "c", dots: true, points: thin(epochMeans, CURVE_POINTS) },
    { name: "dev", color: "b", dots: true, points: onDev(loss.name) },
  ])}${byUnit(scores, selection.name).map((group) =>
    chart(
      `${titleOf(group)} on dev`,
      group.map(({ name }, index) => ({ name, color: SCORE_COLORS[index]!, dots: true, points: onDev(name) })),
    ),
  )}${chart("Learning rate", [{ name: "learning rate", color: "c", points: ofSteps("learningRate") }])}${chart(
    "Gradient norm before clipping",
    [{ name: "gradient norm", color: "e", points: ofSteps("gradientNorm") }],
  )}${chart("Tokens per second, mean so far", [
    { name: "tokens/s", color: "d", points: ofSteps("tokensPerSecond") },
  ])}</div>`;
}

/** The first names; the legend has them all. */
function titleOf(group: readonly MetricInfo[]): string {
  const names = group.map(({ name }) => name);
  return names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
}

/** Colours of the scores in one chart. */
const SCORE_COLORS = CHART_COLORS.slice(1);

/** Scores of one unit share a chart, a few in each; what chooses the best weights comes first. */
function byUnit(metrics: readonly MetricInfo[], selected: string): MetricInfo[][] {
  const ordered = [...metrics].sort((a, b) => Number(b.name === selected) - Number(a.name === selected));
  const groups: MetricInfo[][] = [];
  for (const metric of ordered) {
    const group = groups.find((one) => one[0]!.unit === metric.unit && one.length < SCORE_COLORS.length);
    if (group === undefined) groups.push([metric]);
    else group.push(metric);
  }
  return groups;
}

function bestMark(log: readonly MetricsLine[]): Mark[] {
  const best = log.findLast(({ kind, improved }) => kind === "evaluate" && improved === true);
  return best === undefined ? [] : [{ x: best.step, text: `best: epoch ${String(best.epoch)}` }];
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
