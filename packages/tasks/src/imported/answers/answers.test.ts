import { DataFileError } from "@cellstate/data";
import { expect, test } from "vitest";
import { importedConfig } from "../config.ts";
import type { ImportedExample } from "./answers.ts";
import { answersOf } from "./answers-of.ts";

const example = (index: number, targets?: readonly number[]): ImportedExample => ({
  index,
  text: "a text",
  ids: [],
  label: undefined,
  targets,
});
const record = (values: object) => ({ values: { text: "a text", ...values }, file: "data.csv", line: 3 }) as never;

const toxic = answersOf(importedConfig.parse({ output: { kind: "labels", labels: ["rude", "threat"] } }));
const rated = answersOf(importedConfig.parse({ output: { kind: "numbers", labels: ["stars"] } }));

test("a text has each label whose probability is above a half, or whose score is above 0", () => {
  expect(toxic.line([0.75, 0.5], example(0, [0, 1]))).toEqual({
    index: 0,
    text: "a text",
    labels: ["threat"],
    prediction: ["rude"],
    probs: { rude: 0.75, threat: 0.5 },
  });
  const scores = answersOf(importedConfig.parse({ output: { kind: "labels", labels: ["rude"], scores: "logits" } }));
  expect(scores.line([Math.log(3)], example(1))).toMatchObject({
    prediction: ["rude"],
    probs: { rude: expect.closeTo(0.75, 12) },
  });
});

test("labels are scored one by one, together, and as sets", () => {
  const probs = [
    [0.9, 0.2],
    [0.8, 0.1],
    [0.4, 0.7],
  ];
  const examples = [example(0, [1, 0]), example(1, [0, 0]), example(2, [1, 1])];
  const scores = toxic.score(probs, examples);
  expect(scores).toMatchObject({ exactMatch: 1 / 3, microF1: 2 / 3, macroF1: 0.75 });
  const losses = [0.9, 0.8, 0.2, 0.9, 0.4, 0.7].map((prob) => -Math.log(prob));
  expect(scores.loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss) / 6, 12);
  expect(toxic.details(probs, examples).values).toEqual({
    perLabel: {
      rude: { precision: 0.5, recall: 0.5, f1: 0.5, support: 2 },
      threat: { precision: 1, recall: 1, f1: 1, support: 1 },
    },
  });
  expect(() => toxic.score([[0, 0]], [example(7)])).toThrow("expected examples with targets, example 7 has none");
});

test("data have a column of 0 and 1 for each label", () => {
  expect(toxic.targetsOf(record({ rude: 1, threat: 0 }))).toMatchObject({ targets: [1, 0] });
  expect(toxic.targetsOf(record({ rude: 1 })).targets).toBeUndefined();
  expect(() => toxic.targetsOf(record({ rude: 1, threat: 2 }))).toThrow(DataFileError);
  expect(() => toxic.targetsOf(record({ rude: 1, threat: 2 }))).toThrow(
    "data.csv:3: threat: expected 1 where the text has this label and 0 elsewhere, got 2",
  );
});

test("a number is an answer by itself, several go by their names", () => {
  expect(rated.line([3.5], example(0, [4]))).toEqual({ index: 0, text: "a text", target: 4, prediction: 3.5 });
  const two = answersOf(importedConfig.parse({ output: { kind: "numbers", labels: ["valence", "arousal"] } }));
  expect(two.line([0.5, 2], example(1))).toEqual({
    index: 1,
    text: "a text",
    prediction: { valence: 0.5, arousal: 2 },
  });
  const outputs = [
    [1, 2],
    [3, 4],
  ];
  const examples = [example(0, [1, 1]), example(1, [3, 1])];
  expect(two.score(outputs, examples)).toMatchObject({ squaredError: 2.5, meanAbsoluteError: 1 });
  expect(two.details(outputs, examples).values).toMatchObject({
    perNumber: { valence: { meanAbsoluteError: 0 }, arousal: { meanAbsoluteError: 2, squaredError: 5 } },
  });
});

test("no label and no number may be called like the column of the texts", () => {
  const output = { kind: "numbers", labels: ["text"] };
  expect(importedConfig.safeParse({ output }).error?.message).toContain("expected other names than text");
});
