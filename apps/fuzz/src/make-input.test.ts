import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeInput } from "./make-input.ts";
import { MAX_INPUT_BYTES } from "./mutate/bytes.ts";
import { targets } from "./targets.ts";

const hex = (inputs: readonly Uint8Array[]) => inputs.map((input) => Buffer.from(input).toString("hex"));

test.each(["csv", "safetensors"])("%s: the same seed gives the same inputs, another seed others", async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "cellstate-fuzz-test-"));
  const open = await targets.find((target) => target.name === name)!.open(folder);
  const made = (seed: number) =>
    Array.from({ length: 60 }, (_, index) => makeInput({ target: name, seed, index }, open, open.seeds));
  const first = made(1);
  expect(hex(made(1))).toEqual(hex(first));
  expect(hex(first.slice(0, open.seeds.length))).toEqual(hex(open.seeds));
  const others = made(2).slice(open.seeds.length);
  expect(hex(others).filter((input) => hex(first).includes(input)).length).toBeLessThan(others.length / 3);
  expect(Math.max(...first.map(({ length }) => length))).toBeLessThanOrEqual(MAX_INPUT_BYTES);
  rmSync(folder, { recursive: true });
});
