import { expect, test } from "vitest";
import { thin } from "./thin.ts";

test("thinning keeps the mean and the range, and takes as many points as asked", () => {
  const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: x % 2 }));
  const few = thin(points, 100);
  expect(few).toHaveLength(100);
  expect(few.reduce((sum, { y }) => sum + y, 0) / 100).toBeCloseTo(0.5);
  expect(few[50]).toMatchObject({ low: 0, high: 1 });
  expect(thin(few, 10)[5]).toMatchObject({ low: 0, high: 1 });
});

test("a short curve stays as it is", () => {
  const points = [{ x: 1, y: 2 }];
  expect(thin(points, 2)).toBe(points);
});
