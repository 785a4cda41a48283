import { expect, test } from "vitest";
import { interleave, medians, type Runner, runJson } from "./runner.ts";

const request = { task: "peak", threads: 1, seconds: 0 } as const;
const script = (source: string): Runner => ({ name: "script", command: [process.execPath, "-e", source] });

test("the last line of a program is its measurement", () => {
  expect(runJson(script("console.log('hello'); console.log('{\"ms\": 2}')"), [], 10)).toEqual({ ms: 2 });
});

test("what a program complains of last is the reason", () => {
  expect(runJson(script("console.error('first\\nno such peer'); process.exit(1)"), [], 10)).toBe("no such peer");
  expect(runJson(script("require('no-such-peer')"), [], 10)).toBe("Error: Cannot find module 'no-such-peer'");
  expect(runJson({ command: ["/no/such/program"] }, [], 10)).toBe("program does not start (ENOENT)");
  expect(runJson(script("setTimeout(() => {}, 5000)"), [], 0.2)).toBe("nothing in 0.2 s");
});

test("a contender that fails leaves the others alone", () => {
  const contenders = [script("console.log('{\"ms\": 3}')"), script("process.exit(7)")].map((runner) => ({
    runner,
    request,
  }));
  expect(interleave(contenders, { rounds: 2, limit: 10 })).toEqual([
    { measured: { ms: 3 } },
    { problem: "exit status 7" },
  ]);
});

test("each number has its own median", () => {
  expect(
    medians([
      { a: 1, b: 30 },
      { a: 2, b: 10 },
      { a: 3, b: 20 },
    ]),
  ).toEqual({ a: 2, b: 20 });
});
