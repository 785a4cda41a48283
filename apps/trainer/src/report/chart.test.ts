import { expect, test } from "vitest";
import { lineChart } from "./chart.ts";
import type { ChartData } from "./chart-data.ts";

test("a chart draws every series and an empty one is left out", () => {
  const chart = lineChart("Loss <1>", "steps", [
    {
      name: "train",
      color: "a",
      points: [
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ],
    },
    { name: "dev", color: "b", points: [] },
  ]);
  expect(chart?.text).toContain("Loss &lt;1&gt;");
  expect(chart?.text.match(/<path class="line/g)).toHaveLength(1);
  expect(chart?.text).toContain("train from 2 to 1, lowest 1, highest 2");
  expect(lineChart("Loss", "steps", [])).toBeUndefined();
});

test("a logarithmic axis has powers of ten at equal distances", () => {
  const points = [1e-5, 1e-3, 0.5].map((x, y) => ({ x, y }));
  const { text } = lineChart("Loss", "rate", [{ name: "a", color: "a", points }], { xScale: "log" })!;
  const labels = [...text.matchAll(/left:([\d.]+)%">([^<]*)</g)].map(([, place, label]) => [label, place]);
  expect(labels).toEqual([
    ["1e-5", "0"],
    ["1e-4", "20"],
    ["0.001", "40"],
    ["0.01", "60"],
    ["0.1", "80"],
    ["1", "100"],
  ]);
  expect(text).toContain('d="M0,1000L400,500L939.79,0"');
});

test("values, axes and ends of epochs are there for the script", () => {
  const points = [1, 2, 3, 4].map((x) => ({ x, y: 1 / x }));
  const { text } = lineChart("Loss", "steps", [{ name: "a", color: "a", points }], { epochEnds: [2, 4] })!;
  const json = /data-chart="([^"]*)"/.exec(text)![1]!.replaceAll("&quot;", '"');
  const data = JSON.parse(json) as ChartData;
  expect(data.x).toEqual({ low: 0, high: 4, isLog: false });
  expect(data.series[0]!.points[2]).toEqual([3, 0.333333]);
  expect(data.epochEnds).toEqual([2, 4]);
});

test("epochs stand under their last steps, as many as there is room for", () => {
  const epochEnds = Array.from({ length: 40 }, (_, epoch) => 10 * (epoch + 1));
  const points = epochEnds.map((x) => ({ x, y: x }));
  const { text } = lineChart("Loss", "steps", [{ name: "a", color: "a", points }], { epochEnds })!;
  const row = /<div class="x epochs">(.*)<\/div>/.exec(text)![1]!;
  expect([...row.matchAll(/left:([\d.]+)%">(\d+)</g)].map(([, place, epoch]) => [place, epoch])).toEqual([
    ["25", "10"],
    ["50", "20"],
    ["75", "30"],
    ["100", "40"],
  ]);
});

test("points that stand for several have a band of their range", () => {
  const points = [
    { x: 0, y: 1, low: 0, high: 2 },
    { x: 1, y: 1, low: 0.5, high: 4 },
  ];
  const { text } = lineChart("Norm", "steps", [{ name: "a", color: "a", points }])!;
  expect(text).toContain('<path class="band a" d="M0,500L1000,0L1000,875L0,1000Z"/>');
});

test("a mark of the right half has its text on its left", () => {
  const points = [0, 10].map((x) => ({ x, y: x }));
  const marks = [{ x: 8, text: "best <epoch>" }];
  const { text } = lineChart("Loss", "steps", [{ name: "a", color: "a", points }], { marks })!;
  expect(text).toContain('<span class="mark" style="right:20%" data-place="0.8000">best &lt;epoch&gt;</span>');
});
