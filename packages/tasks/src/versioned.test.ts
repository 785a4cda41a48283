import { expect, test } from "vitest";
import { parseVersioned } from "./versioned.ts";

test("an object of a known version is handed out as it stands", () => {
  expect(parseVersioned('{"formatVersion": 1, "labels": ["a"]}', 2)).toEqual({
    value: { formatVersion: 1, labels: ["a"] },
  });
  expect(parseVersioned('{"formatVersion": 2}', 2).value).toEqual({ formatVersion: 2 });
});

test("a newer version is refused with the advice to update", () => {
  expect(parseVersioned('{"formatVersion": 3}', 2)).toEqual({
    fault: "formatVersion 3 is newer than 2, the newest that this Cellstate reads; update Cellstate",
  });
});

test.each([
  { text: "{}", got: "undefined" },
  { text: '{"formatVersion": "1"}', got: "1" },
  { text: '{"formatVersion": 0}', got: "0" },
  { text: '{"formatVersion": 1.5}', got: "1.5" },
  { text: '{"formatVersion": null}', got: "null" },
])("a version that is none is refused: $text", ({ text, got }) => {
  expect(parseVersioned(text, 2)).toEqual({ fault: `must have formatVersion 2, got ${got}` });
});

test.each(["", "{", '{"formatVersion": 1', "{}{}"])("a file that is not whole is called damaged: %j", (text) => {
  expect(parseVersioned(text, 1)).toEqual({ fault: "is not whole JSON; the file is damaged" });
});

test.each(["[]", "1", '"text"', "null"])("JSON that is no object is called damaged: %s", (text) => {
  expect(parseVersioned(text, 1)).toEqual({ fault: "must be a JSON object; the file is damaged" });
});
