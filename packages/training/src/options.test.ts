import { expect, test } from "vitest";
import { TrainingStateError } from "./errors.ts";
import { choiceSchema } from "./option-schema.ts";
import { type Choice, completeOptions, findChoice, flag, integer, number, type ValuesOf } from "./options.ts";

const options = {
  rate: number({ above: 0, max: 1, default: 0.1, description: "a share" }),
  memory: number({ min: 0, below: 1, default: 0.9, description: "another share" }),
  patience: integer({ min: 1, default: 2, description: "a count" }),
  careful: flag({ default: false, description: "a flag" }),
};

const brisk: Choice<"brisk", typeof options> = {
  kind: "brisk",
  description: "made up",
  options,
  conflict: ({ careful, memory }: ValuesOf<typeof options>) =>
    careful && memory === 0 ? { option: "careful", message: "careful needs memory above 0" } : undefined,
};

test("options that are left out take their defaults", () => {
  const defaults = { rate: 0.1, memory: 0.9, patience: 2, careful: false };
  expect(completeOptions(brisk, { kind: "brisk" })).toEqual(defaults);
  expect(completeOptions(brisk, { kind: "brisk", rate: 1 })).toEqual({ ...defaults, rate: 1 });
});

const refused: [name: string, value: unknown, message: string][] = [
  ["rate", 0, "brisk: expected rate to be a number > 0 and <= 1, got 0"],
  ["rate", 1.5, "brisk: expected rate to be a number > 0 and <= 1, got 1.5"],
  ["rate", Number.NaN, "brisk: expected rate to be a number > 0 and <= 1, got NaN"],
  ["rate", "0.5", 'brisk: expected rate to be a number > 0 and <= 1, got "0.5"'],
  ["rate", null, "brisk: expected rate to be a number > 0 and <= 1, got null"],
  ["rate", undefined, "and <= 1, got undefined; leave it out for its default, 0.1"],
  ["memory", 1, "brisk: expected memory to be a number >= 0 and < 1, got 1"],
  ["memory", -0.1, "brisk: expected memory to be a number >= 0 and < 1, got -0.1"],
  ["patience", 1.5, "brisk: expected patience to be an integer >= 1, got 1.5"],
  ["patience", 0, "brisk: expected patience to be an integer >= 1, got 0"],
  ["careful", 1, "brisk: expected careful to be true or false, got 1"],
  ["speed", 1, "brisk: expected options among rate, memory, patience, careful, got speed"],
];

test.each(refused)("%s %s is refused by name, and by the schema of config files too", (name, value, message) => {
  const given = { kind: "brisk", [name]: value };
  expect(() => completeOptions(brisk, given)).toThrow(TrainingStateError);
  expect(() => completeOptions(brisk, given)).toThrow(message);
  // What a file leaves out it cannot give as undefined.
  expect(choiceSchema([brisk]).safeParse(given).success).toBe(value === undefined);
});

test("a conflict of two options is refused, and the schema blames the option", () => {
  const given = { kind: "brisk", careful: true, memory: 0 } as const;
  expect(() => completeOptions(brisk, given)).toThrow("brisk: careful needs memory above 0");
  expect(choiceSchema([brisk]).safeParse(given).error?.issues).toMatchObject([
    { path: ["careful"], message: "careful needs memory above 0" },
  ]);
});

test("an unknown kind names the known ones", () => {
  expect(() => findChoice("createThing", [brisk, { ...brisk, kind: "calm" }], { kind: "bold" })).toThrow(
    'createThing: expected kind to be one of brisk, calm, got "bold"',
  );
});
