import { expect, test } from "vitest";
import { jsonLine } from "./json-line.ts";

test("no control character is left, and the value is the same after parsing", () => {
  const value = { text: "\x1b[31m\x7f\x9b2J\u202ereversed\u2066 中文 é 🎂" };
  const line = jsonLine(value);
  expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069](?!$)/u);
  expect(line).toContain("中文 é 🎂");
  expect(JSON.parse(line)).toEqual(value);
});
