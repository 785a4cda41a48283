import { expect, test } from "vitest";
import { type Found, ownRunner } from "../peers.ts";
import type { Bench } from "../suite.ts";
import { inference } from "./inference.ts";
import { matrixProducts } from "./products.ts";
import { startup } from "./startup.ts";

function benchWith(backends: Found["own"]["backends"]): Bench {
  const found = {
    own: { backends, slowerSets: [] },
    torch: [],
    tfjs: [],
    onnx: [],
    tokenizers: [],
    versions: [],
    missing: [],
  };
  return { found, threads: 1, rounds: 1, seconds: 0.001, limit: 60 };
}

test("a suite gives tables with a number for each contender", () => {
  const [times, rates] = matrixProducts.run(benchWith([ownRunner("wasm")]));
  expect(times!.header).toEqual(["ms (ratio)", "threads", "cellstate wasm"]);
  for (const row of times!.rows) expect(Number(row.at(-1))).toBeGreaterThan(0);
  expect(rates!.rows.find(([name]) => name === "64 x 256 x 1024")!.at(-1)).toMatch(/^[\d.]+ \(\d+ %\)$/);
  expect(times!.notes).toEqual([]);
});

test("a contender that does not run leaves gaps and a reason", () => {
  const command = [process.execPath, "-e", "throw new Error('no such backend')"];
  const [table] = inference.run(benchWith([{ name: "broken", command }]));
  expect(table!.rows[0]).toEqual(["sentiment, 50 words", "1", "-"]);
  expect(table!.notes).toEqual(["broken, 1 thread: Error: no such backend."]);
});

test("start-up is measured in the workspace, built or not", () => {
  const [table] = startup.run(benchWith([ownRunner("wasm")]));
  const total = table!.rows.find(([name]) => name === "cellstate wasm, in the workspace")![1];
  expect(Number(total)).toBeGreaterThan(0);
});
