/**
 * Native kernels keep denormals whatever the process has set, and leave the setting as it was. A process gets there by loading
 * a library that was built with -ffast-math; here a library does the same when it is loaded into a process of its own.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nativeInstructionSets } from "../src/backends/native/team.ts";

const FLUSHING = `
#include <xmmintrin.h>
__attribute__((constructor)) static void flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
`;

/** Multiplies a small number by a half on two threads. Bits are read as integers, since JavaScript flushes too by then. */
const CHILD = `
import * as t from ${JSON.stringify(fileURLToPath(new URL("../src/index.ts", import.meta.url)))};
const half = Number(process.argv[2]);
const isFlushing = () => 2.3e-308 * half === 0;
const before = isFlushing();
try { process.dlopen({ exports: {} }, process.argv[1]); } catch {} // it is no addon
const session = await t.createSession({ backend: "native", threads: 2 });
const x = session.full([300000], 1.5e-38);
const product = t.mul(x, session.full([300000], half)).readSync();
const bits = [...new Set(new Int32Array(product.buffer))];
console.log(JSON.stringify({ before, after: isFlushing(), bits }));
await session.dispose();
`;

const isPossible =
  process.platform === "linux" &&
  process.arch === "x64" &&
  nativeInstructionSets().length > 0 &&
  spawnSync("cc", ["--version"]).status === 0;

test.runIf(isPossible)("native kernels keep denormals where the process flushes them, and leave it so", () => {
  const folder = mkdtempSync(join(tmpdir(), "cellstate-"));
  try {
    writeFileSync(join(folder, "flush.c"), FLUSHING);
    execFileSync("cc", ["-shared", "-fPIC", "-o", join(folder, "flush.so"), join(folder, "flush.c")]);
    const args = ["--input-type=module", "-e", CHILD, join(folder, "flush.so"), "0.5"];
    const result = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as object;
    const [bits] = new Int32Array(Float32Array.of(Math.fround(1.5e-38) * 0.5).buffer);
    expect(result).toEqual({ before: false, after: true, bits: [bits] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
