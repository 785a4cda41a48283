import { expect, test } from "vitest";
import { type ConfigLock, driftOf, newLock, segmenterVersions } from "./config-lock.ts";

const lock = newLock({}, { backend: "auto", threads: null, command: "cellstate train" }, 1);

test("the same runtime has not drifted", () => {
  expect(driftOf({ ...lock, segmenter: segmenterVersions() }, 1)).toEqual([]);
});

test("other tables of Unicode, another ICU where it cuts words, and other numerics are named", () => {
  expect(driftOf({ ...lock, unicode: "15.0" }, 1)).toEqual([
    `the run began with Unicode 15.0 and this Node has ${process.versions.unicode}: tokens may differ`,
  ]);
  expect(driftOf({ ...lock, segmenter: { icu: "70.1", unicode: lock.unicode } }, 1)).toEqual([
    `the run began with ICU 70.1 and this Node has ${process.versions.icu}: words may be cut differently`,
  ]);
  expect(driftOf(lock, 2)[0]).toContain("numericsVersion 1");
});

test("a lock from before segmenters were kept is read as one without", () => {
  const { segmenter: _, ...old } = lock;
  expect(driftOf(old as ConfigLock, 1)).toEqual([]);
});
