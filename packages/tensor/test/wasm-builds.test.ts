/** Which build of the kernels WebAssembly takes: that with relaxed SIMD where its multiply-add is fused, else the one that emulates it. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isRelaxedMaddFused } from "../src/backends/wasm/relaxed-madd.ts";
import * as t from "../src/index.ts";

const CHILD = `
import * as t from ${JSON.stringify(fileURLToPath(new URL("../src/index.ts", import.meta.url)))};
const session = await t.createSession({ backend: "wasm" });
const x = session.tensor([1 + 2 ** -12, 1], [1, 2]);
const y = session.tensor([1 + 2 ** -12, -(1 + 2 ** -11)], [2, 1]);
const turned = t.matmul(session.tensor([1, 1 + 2 ** -12], [1, 2]), session.tensor([-(1 + 2 ** -11), 1 + 2 ** -12], [2, 1]));
console.log(session.backendText, t.matmul(x, y).item(), turned.item());
await session.dispose();
`;

function run(...flags: string[]): string {
  const args = [...flags, "--conditions=@cellstate/source", "--input-type=module", "-e", CHILD];
  return execFileSync(process.execPath, args, { encoding: "utf8" }).trim();
}

/** A product that is rounded before it is added to 0 loses what the one that is added last keeps. */
const PRODUCTS = `0 ${2 ** -24}`;

test("a session says which build it took: the one that the engine's multiply-add allows", async () => {
  const session = await t.createSession({ backend: "wasm" });
  const build = isRelaxedMaddFused() ? "relaxed SIMD" : "SIMD without fused multiply-add";
  expect(session.backendText).toBe(`wasm (${build})`);
  expect(run()).toBe(`wasm (${build}) ${PRODUCTS}`);
  await session.dispose();
});

test.runIf(process.arch === "x64")(
  "where relaxed SIMD multiplies and adds, that is seen, and the bits are the same",
  () => {
    expect(run("--no-enable-fma3")).toBe(`wasm (SIMD without fused multiply-add) ${PRODUCTS}`);
  },
);

test.runIf(process.arch === "x64")("each of the engine's compilers is asked", () => {
  for (const flag of ["--liftoff-only", "--no-liftoff"]) expect(run(flag)).toContain(PRODUCTS);
});
