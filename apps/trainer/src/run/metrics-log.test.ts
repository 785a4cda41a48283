import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/folders.ts";
import { cutMetrics, damagedLines, MetricsLog, readMetrics, readMetricsLog } from "./metrics-log.ts";

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

test("lines that stay keep their bytes", () => {
  const path = join(temporaryFolder(), "metrics.jsonl");
  const lines = [
    '{"step":1,"loss":0.5,"kind":"step","learningRate":1e-7}',
    '{"metrics":{"b":1,"a":2},"step":1,"kind":"evaluate"}',
  ];
  writeFileSync(path, `${lines.join("\n")}\n{"kind":"step","step":2,"loss":1}\n`);
  cutMetrics(path, 1);
  expect(readFileSync(path, "utf8")).toBe(`${lines.join("\n")}\n`);
});

test("lines that are damaged are counted, left out and named", () => {
  const path = join(temporaryFolder(), "metrics.jsonl");
  const good = (step: number) => JSON.stringify({ kind: "step", step, loss: 1 });
  const bad = ['{"kind":"step","step":-1,"loss":1}', "{}", '{"kind":"evaluate","step":1}', "", "\u0000"];
  writeFileSync(path, [good(1), ...bad, good(2), '{"kind":"epoch","st'].join("\n"));
  expect(readMetricsLog(path)).toEqual({
    lines: [
      { kind: "step", step: 1, loss: 1 },
      { kind: "step", step: 2, loss: 1 },
    ],
    damaged: [2, 3, 4, 5, 6],
  });
  expect(damagedLines([2])).toBe("line 2 is damaged");
  expect(damagedLines([2, 3, 4, 5, 6, 9])).toBe("lines 2, 3, 4, 5, 6 and 1 more are damaged");
  expect(cutMetrics(path, 1)).toEqual([2, 3, 4, 5, 6]);
  expect(readFileSync(path, "utf8")).toBe(`${good(1)}\n`);
});

test("a log that does not exist has no lines and needs no cut", () => {
  const path = join(temporaryFolder(), "metrics.jsonl");
  cutMetrics(path, 3);
  expect(readMetrics(path)).toEqual([]);
});
