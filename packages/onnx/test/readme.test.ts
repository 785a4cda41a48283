/** The README lists the operators that there are. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { onnxOperators } from "../src/index.ts";

test("the README lists every operator, and no other", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
  const listed = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(listed.sort()).toEqual(onnxOperators);
});
