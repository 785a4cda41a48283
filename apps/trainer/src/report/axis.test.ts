import fc from "fast-check";
import { expect, test } from "vitest";
import { linearAxis, logAxis, numberText, placeOf, ticksOf, valueAt } from "./axis.ts";

const texts = (axis: Parameters<typeof ticksOf>[0]) => ticksOf(axis, 5).map(({ text }) => text);

test("an axis is round and reaches around the values", () => {
  expect(texts(linearAxis(0, 480, 5))).toEqual(["0", "100", "200", "300", "400", "500"]);
  expect(linearAxis(0, 0, 5)).toMatchObject({ low: 0, high: 1 });
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const axis = linearAxis(low, high, 5);
      expect(axis.low).toBeLessThanOrEqual(low);
      expect(axis.high).toBeGreaterThanOrEqual(high);
      const ticks = ticksOf(axis, 5);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(12);
      expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
    }),
  );
});

test("a place on an axis leads back to its value", () => {
  for (const axis of [linearAxis(-3, 12, 5), logAxis(2e-5, 0.3)]) {
    for (const value of [axis.low, axis.low + (axis.high - axis.low) / 7, axis.high]) {
      expect(valueAt(axis, placeOf(axis, value))).toBeCloseTo(value, 10);
    }
  }
});

test("a part of a power of ten has ticks too", () => {
  expect(texts({ low: 0.001, high: 0.006, isLog: true })).toEqual([
    "0.001",
    "0.002",
    "0.003",
    "0.004",
    "0.005",
    "0.006",
  ]);
});

test("numbers are short, whatever their size", () => {
  expect([0, 0.5, 0.123456, 1234.5, 12_500, 3_000_000, 0.00002, -0.25].map(numberText)).toEqual([
    "0",
    "0.5",
    "0.12346",
    "1234.5",
    "12.5k",
    "3M",
    "2e-5",
    "−0.25",
  ]);
});
