/** The range test of learning rates as a page that loads nothing. */
import type { LearningRateCurve, LearningRatePoint } from "@cellstate/training";
import { lineChart } from "./chart.ts";
import { html } from "./html.ts";
import { pageOf } from "./page.ts";

/** The page's text. */
export function renderLearningRates(name: string, curve: LearningRateCurve): string {
  const { suggestion, lowest, diverged } = curve;
  const points = pointsToDraw(curve);
  const smooth = points.map(({ learningRate, smoothLoss }) => ({ x: learningRate, y: smoothLoss }));
  const chart = lineChart(
    "Loss while the learning rate rises",
    "learning rate",
    [
      { name: "batch", color: "a", points: points.map(({ learningRate, loss }) => ({ x: learningRate, y: loss })) },
      { name: "smooth", color: "b", points: smooth },
      { name: "suggestion", color: "c", dots: true, points: smooth.filter(({ x }) => x === suggestion) },
    ],
    { xScale: "log" },
  );
  const facts: [string, string][] = [
    ["suggestion", suggestion === undefined ? "none: the loss never falls" : suggestion.toPrecision(2)],
    ["lowest loss at", lowest.toPrecision(2)],
    ["last step at", curve.points.at(-1)!.learningRate.toPrecision(2)],
    ["ended", diverged ? "the loss grew out of bounds" : "after all steps"],
  ];
  return pageOf(
    `${name}: learning rates`,
    html`<header><h1>${name}: learning rates</h1>
<dl>${facts.map(([fact, value]) => html`<div><dt>${fact}</dt><dd>${value}</dd></div>`)}</dl></header>
<main>
<section>${chart}</section>
</main>`,
  );
}

/** The curve up to where it leaves the range of its fall, which what follows would flatten. */
export function pointsToDraw({ points, lowest }: LearningRateCurve): readonly LearningRatePoint[] {
  const falling = points.filter(({ learningRate }) => learningRate <= lowest);
  const [high, low] = [Math.max, Math.min].map((pick) => pick(...falling.map(({ smoothLoss }) => smoothLoss)));
  const ceiling = high! + (high! - low!) / 4;
  const end = points.findIndex(({ learningRate, smoothLoss }) => learningRate > lowest && smoothLoss > ceiling);
  return end < 0 ? points : points.slice(0, end);
}
