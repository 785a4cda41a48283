import { expect, test } from "vitest";
import { formatYaml } from "./format-yaml.ts";
import { parseYaml } from "./parse-yaml.ts";

test("what is written reads back as the same values, words that look like others included", () => {
  const values = {
    name: "tiny",
    rate: 1e-7,
    large: 1e30,
    words: ["yes", "no", "null", "1e3", "0x10", "", " spaced ", "a: b", "# none", "2026-01-31", "~"],
    nested: { list: [{ kind: "max" }, null, true], text: "two\nlines\n", empty: {}, none: [] },
    same: [{ a: 1 }, { a: 1 }],
  };
  expect(parseYaml(formatYaml(values), "x.yaml").values).toEqual(values);
});
