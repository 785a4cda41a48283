import { expect, test } from "vitest";
import { numericsVersion } from "./backend.ts";
import { numericsChanges } from "./numerics-versions.ts";

test("every version after the first says what it changed", () => {
  const later = Array.from({ length: numericsVersion - 1 }, (_, i) => String(i + 2));
  expect(Object.keys(numericsChanges)).toEqual(later);
});
