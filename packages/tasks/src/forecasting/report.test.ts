import { expect, test } from "vitest";
import type { TextsSection } from "../report-section.ts";
import { forecastingConfig } from "./config.ts";
import { fitSeries } from "./fitted.ts";
import { reportForecasts } from "./report.ts";
import type { SeriesRecord } from "./rows.ts";
import { windowsOf } from "./windows.ts";

/** What the report says of forecasts that are each this much above the truth; persistence is off by 1 and by 2 steps of 10. */
async function saidOf(error: number): Promise<string> {
  const { series: config } = forecastingConfig.parse({
    series: { context: 3, horizon: 2 },
    model: { encoder: { hiddenSize: 2 } },
  });
  const records = Array.from({ length: 12 }, (_, day) => {
    const time = `2026-01-${String(day + 1).padStart(2, "0")}`;
    return { values: { time, target: String(10 * day) }, file: "days.csv", line: day + 2 } as SeriesRecord;
  });
  const fitted = await fitSeries(records, config);
  const examples = await windowsOf(records, { config, fitted, split: "test" });
  const forecasts = examples.map(({ columns }) => ({
    values: [...columns[0]!.subarray(3)].map((truth) => truth + error),
    quantiles: undefined,
  }));
  const [section] = reportForecasts(forecasts, examples, "test", { config, timing: fitted, levels: [] });
  expect(section!.title).toBe("Beside persistence on test");
  return (section as TextsSection).texts.join(" ");
}

test("a report says plainly that a model does no better than repeating the last number", async () => {
  expect(await saidOf(15)).toContain("The model does no better than repeating the last number.");
  expect(await saidOf(16)).toContain("Model: 16.00; last number: 15.00.");
});

test("a report says by how much a model is better", async () => {
  const said = await saidOf(3);
  expect(said).toContain("80.0 % below that of repeating the last number");
  expect(said).not.toContain("no better");
});
