import { padIds } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { unkDropout } from "./unk-dropout.ts";

const options = { rate: 0.3, unkId: 1, stream: new Rng(2).stream("unk") };
const rows = Array.from({ length: 200 }, (_, row) => new Array<number>(1 + (row % 9)).fill(7));
const context = (examples: Int32Array, step = 4, training = true) => ({ training, step, examples });
const all = Int32Array.from(rows.keys());

test("about the given share of real tokens becomes unknown, and padding stays padding", () => {
  const { ids, lengths, seqLen } = unkDropout(padIds(rows, 0), options, context(all));
  const real = [...lengths.keys()].flatMap((row) => [...ids.subarray(row * seqLen, row * seqLen + lengths[row]!)]);
  const share = real.filter((id) => id === 1).length / real.length;
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.35);
  expect(ids.filter((id) => id === 0).length).toBe(ids.length - real.length);
});

test("what is hidden depends on step and example, not on the batch around it", () => {
  const whole = unkDropout(padIds(rows, 0), options, context(all));
  const alone = unkDropout(padIds([rows[26]!], 0), options, context(Int32Array.of(26)));
  expect(alone.ids).toEqual(whole.ids.slice(26 * whole.seqLen, 26 * whole.seqLen + 9));
  expect(unkDropout(padIds(rows, 0), options, context(all, 5)).ids).not.toEqual(whole.ids);
});

test("evaluation and a rate of 0 hide nothing", () => {
  const batch = padIds(rows, 0);
  expect(unkDropout(batch, options, context(all, 4, false))).toBe(batch);
  expect(unkDropout(batch, { ...options, rate: 0 }, context(all))).toBe(batch);
});
