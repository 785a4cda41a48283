import { expect, test } from "vitest";
import { NamePatternError } from "./errors.ts";
import { matchesName, namesMatching } from "./name-pattern.ts";

const names = ["embedding.weight", "encoder.weight_ih_l0", "encoder.bias_ih_l0", "encoder.weight_ih_l0_reverse"];

test.each([
  ["*", names],
  ["encoder.*", names.slice(1)],
  ["*.weight*", [names[0], names[1], names[3]]],
  ["encoder.????_ih_l0", [names[2]]],
  ["embedding.weight", [names[0]]],
  ["*l0", [names[1], names[2]]],
])("%s chooses names as a whole", (pattern, expected) => {
  expect(namesMatching("group", pattern, names)).toEqual(expected);
});

test("what means something in regular expressions means itself", () => {
  expect(matchesName("a.b", "axb")).toBe(false);
  expect(matchesName("a(b)+[c]", "a(b)+[c]")).toBe(true);
  expect(matchesName("a|b", "a")).toBe(false);
});

test("a pattern that fits nothing is an error with the names and the nearest one", () => {
  const find = () => namesMatching("optimizer.groups", "embeding.weigth", names);
  expect(find).toThrow(NamePatternError);
  expect(find).toThrow(
    'optimizer.groups: no parameter has a name that fits "embeding.weigth"; did you mean "embedding.weight"?\n' +
      `The names: ${names.join(", ")}`,
  );
  expect(() => namesMatching("optimizer.groups", "zzz", names)).toThrow(/fits "zzz"\nThe names: embedding/);
});
