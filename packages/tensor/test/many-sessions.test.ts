/** Sessions come and go: nothing of one that was disposed stays, also in a program that never waits for anything else. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nativeInstructionSets } from "../src/backends/native/team.ts";

/** Prints by how many bytes the process grew for each of the later sessions. */
const CHILD = `
import * as t from ${JSON.stringify(fileURLToPath(new URL("../src/index.ts", import.meta.url)))};
const [, backend, threads, before, after] = process.argv;
const run = async (sessions) => {
  for (let i = 0; i < sessions; i++) {
    const session = await t.createSession({ backend, threads: Number(threads) });
    t.sum(session.full([100], 1)).item();
    await session.dispose();
  }
  gc();
  return process.memoryUsage.rss();
};
const start = await run(Number(before));
console.log((await run(Number(after)) - start) / Number(after));
`;

const LIMIT = 2048;

/** The least of some processes: what stays, stays in each, while a garbage collection that comes late is seen in one. */
function leastOfSession(backend: string, threads: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least >= LIMIT; tries++) {
    least = Math.min(least, bytesOfSession(backend, threads, 300, 1000));
  }
  return least;
}

function bytesOfSession(backend: string, threads: number, before: number, after: number): number {
  const args = ["--expose-gc", "--input-type=module", "-e", CHILD];
  const sizes = [threads, before, after].map(String);
  return Number(execFileSync(process.execPath, [...args, backend, ...sizes], { encoding: "utf8" }));
}

test.runIf(nativeInstructionSets().length > 0)(
  "a native session that was disposed leaves less than 2 KB behind",
  () => {
    expect(leastOfSession("native", 2)).toBeLessThan(LIMIT);
  },
);

test("a wasm session that was disposed leaves less than 2 KB behind", () => {
  expect(leastOfSession("wasm", 1)).toBeLessThan(LIMIT);
});

test("workers start in a program that Node takes for a module by an option", () => {
  expect(bytesOfSession("wasm", 2, 1, 1)).not.toBeNaN();
});
