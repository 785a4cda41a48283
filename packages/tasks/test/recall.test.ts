/** Saved predictions, read back without the model: they tell the scores that the model had, and which answers are right. */
import { expect, test } from "vitest";
import { type PredictionLine, sentiment, translation } from "../src/index.ts";
import { labelled, paired, trainTiny } from "./train-tiny.ts";

const savedLines = (lines: Iterable<PredictionLine>): PredictionLine[] => JSON.parse(JSON.stringify([...lines]));
const all = (length: number) => Array.from({ length }, (_, index) => index);

test("a classifier's lines tell all of its scores, also without the texts", async () => {
  const records = labelled("train", [
    ["good", "positive"],
    ["very good", "positive"],
    ["bad", "negative"],
    ["bad bad", "positive"],
  ]);
  const config = { tokenizer: { kind: "word" }, model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 } } };
  const { pipeline, model, train } = await trainTiny(sentiment, config, records, { steps: 8, learningRate: 0.05 });
  const { scores, lines } = await model.evaluate(train);
  const saved = savedLines(lines()).map(({ text: _, ...line }) => line);
  const answers = pipeline.recall(saved)!;
  const { loss, ...shares } = answers.score(all(4));
  expect({ loss: Number(loss).toFixed(12), ...shares }).toEqual({ ...scores, loss: Number(scores.loss).toFixed(12) });
  expect(answers.rightShare).toMatchObject({ name: "accuracy" });
  const right = all(4).map((index) => answers.isRight(index));
  expect(right).toEqual(saved.map(({ label, prediction }) => label === prediction));
  expect(right.filter(Boolean).length / 4).toBe(scores.accuracy);
  const [first] = saved;
  expect(() => pipeline.recall([{ ...first, label: "neutral" }])).toThrow(
    'predictions: the model has no label "neutral" (index 0)',
  );
  expect(() => pipeline.recall([{ index: 0, label: "positive" }])).toThrow(
    "expected index, label, prediction and probs",
  );
});

test("a translator's lines tell its scores but for the loss, and an answer that equals its reference is right", async () => {
  const records = paired("train", [
    ["a", "one two"],
    ["b", "three"],
  ]);
  const config = {
    tokenizer: { kind: "word" },
    model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 } },
    search: { maxDecodeLen: 4 },
  };
  const { pipeline, model, train } = await trainTiny(translation, config, records, { steps: 1, learningRate: 0.1 });
  const { scores, lines } = await model.evaluate(train);
  const saved = savedLines(lines());
  const { loss: _, ...others } = scores;
  expect(pipeline.recall(saved)!.score(all(2))).toEqual(others);
  const mixed = pipeline.recall([
    { ...saved[0], prediction: "one two" },
    { ...saved[1], prediction: "four" },
  ])!;
  expect([mixed.isRight(0), mixed.isRight(1)]).toEqual([true, false]);
  expect(mixed.rightShare).toMatchObject({ name: "exactMatch" });
  expect(mixed.score([0, 0])).toMatchObject({ exactMatch: 1 });
  expect(() => pipeline.recall([{ index: 0 }])).toThrow("expected index, reference and prediction");
});
