import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/folders.ts";
import { cutMetrics, MetricsLog, readMetrics } from "./metrics-log.ts";

test("a log is cut back to a step and loses a line that was left half written", () => {
  const path = join(temporaryFolder(), "metrics.jsonl");
  const log = new MetricsLog(path);
  for (let step = 1; step <= 4; step++) log.append({ kind: "step", step, loss: 1 / step });
  log.append({ kind: "evaluate", step: 4, metrics: { loss: 0.5 } });
  log.close();
  appendFileSync(path, '{"kind":"step","st');
  expect(readMetrics(path)).toHaveLength(5);
  cutMetrics(path, 3);
  expect(readMetrics(path).map(({ step }) => step)).toEqual([1, 2, 3]);
  expect(readFileSync(path, "utf8").endsWith("}\n")).toBe(true);
});

test("a log that does not exist has no lines and needs no cut", () => {
  const path = join(temporaryFolder(), "metrics.jsonl");
  cutMetrics(path, 3);
  expect(readMetrics(path)).toEqual([]);
});
