import { expect, test } from "vitest";
import { formatYaml } from "./format-yaml.ts";
import { parseYaml } from "./parse-yaml.ts";
import { resolveVariables } from "./resolve-variables.ts";

test("what is written reads back as the same values, words that look like others included", () => {
  const values = {
    name: "tiny",
    rate: 1e-7,
    large: 1e30,
    words: ["yes", "no", "null", "1e3", "0x10", "", " spaced ", "a: b", "# none", "2026-01-31", "~"],
    nested: { list: [{ kind: "max" }, null, true], text: "two\nlines\n", empty: {}, none: [] },
    dollars: "cost: $${x} and ${y}",
    same: [{ a: 1 }, { a: 1 }],
  };
  const read = parseYaml(formatYaml(values), "x.yaml");
  expect(resolveVariables(read, { env: {} }).values).toEqual(values);
});
