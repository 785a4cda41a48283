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

function bytesOfSession(backend: string, threads: number, before: number, after: number): number {
  const args = ["--expose-gc", "--input-type=module", "-e", CHILD];
  const sizes = [threads, before, after].map(String);
  return Number(execFileSync(process.execPath, [...args, backend, ...sizes], { encoding: "utf8" }));
}

test.runIf(nativeInstructionSets().length > 0)(
  "a native session that was disposed leaves less than 2 KB behind",
  () => {
    expect(bytesOfSession("native", 2, 300, 1000)).toBeLessThan(2048);
  },
);

test("a wasm session that was disposed leaves less than 2 KB behind", () => {
  expect(bytesOfSession("wasm", 1, 300, 1000)).toBeLessThan(2048);
});

test("workers start in a program that Node takes for a module by an option", () => {
  expect(bytesOfSession("wasm", 2, 1, 1)).not.toBeNaN();
});
