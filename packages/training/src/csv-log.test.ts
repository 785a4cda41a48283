import { expect, test } from "vitest";
import { tinyRun } from "../test/tiny-run.ts";
import { csvLog, csvRow } from "./csv-log.ts";
import { train } from "./loop.ts";

test("a log has one header, and the columns of every row are where the header says", async () => {
  let text = "";
  const log = csvLog({
    metrics: ["loss", "accuracy"],
    write: (lines) => {
      text += lines;
    },
  });
  const { options } = await tinyRun({ training: { epochs: 2 } });
  await train({ ...options, callbacks: log });
  const [header, ...rows] = text.trimEnd().split("\n");
  expect(header).toBe(
    "kind,step,epoch,loss,learningRate,gradientNorm,trainLoss,improved,epochsWithoutImprovement,tokensPerSecond,elapsedSeconds,dev.loss,dev.accuracy",
  );
  expect(rows.map((row) => row.split(",").slice(0, 3).join())).toEqual([
    ...["step,1,1", "step,2,1", "step,3,1", "step,4,1", "evaluate,4,1", "epoch,4,1"],
    ...["step,5,2", "step,6,2", "step,7,2", "step,8,2", "evaluate,8,2", "epoch,8,2"],
  ]);
  for (const row of rows) expect(row.split(",")).toHaveLength(13);
  const evaluated = rows[4]!.split(",");
  expect(Number(evaluated[11])).toBeGreaterThan(0);
  expect([evaluated[3], evaluated[7], evaluated[12]]).toEqual(["", "true", ""]);
});

test("a value with a comma, a quote or a line end stands in quotes", () => {
  const row = csvRow({ kind: "evaluate", step: 1, metrics: { note: 'a "b", c' } }, ["note"]);
  expect(row).toBe('evaluate,1,,,,,,,,,,"a ""b"", c"\n');
});
