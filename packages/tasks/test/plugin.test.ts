import { crossEntropy } from "@cellstate/lstm-core";
import {
  defineLoss,
  definePlugin,
  describeModel,
  encodeJson,
  type Plugin,
  sentiment,
  tasksWith,
} from "@cellstate/tasks";
import { createSession, mul, Rng } from "@cellstate/tensor";
import { accuracy, defineMetric } from "@cellstate/training";
import { expect, test } from "vitest";
import { z } from "zod";

const scaled = defineLoss({
  kind: "scaled",
  description: "cross-entropy times a factor",
  options: { factor: z.number().default(3) },
  compute: ({ logits, labels }, { factor }) => mul(crossEntropy(logits, labels), factor),
});
const errors = defineMetric(
  { name: "errors", direction: "min", unit: "fraction", description: "share of wrong answers" },
  (confusion: Parameters<typeof accuracy>[0]) => 1 - accuracy(confusion),
);
const plugin = definePlugin({ losses: [scaled], metrics: [errors] });
const [extended] = tasksWith(new Map([["mine", plugin]]));

const sections = (loss: object) => ({
  tokenizer: { kind: "word" },
  model: { embedding: { size: 2 }, encoder: { hiddenSize: 2 } },
  loss,
  metrics: { report: ["accuracy", "errors"], select: "errors" },
});

async function lossWith(loss: object): Promise<number> {
  const texts = ["a good film", "a bad film", "good", "bad"];
  const records = texts.map((text, index) => ({
    values: { text, label: text.includes("good") ? "positive" : "negative" },
    file: "texts.tsv",
    line: index + 1,
  }));
  const plan = extended!.plan(extended!.configSchema.parse(sections(loss)));
  expect(plan.selection.name).toBe("errors");
  const pipeline = await plan.fit(records, async () => undefined);
  const model = pipeline.build(await createSession({ backend: "reference" }), new Rng(1));
  const batches = await model.batches(await pipeline.encode(records, "train"), { batchSize: 4, seed: 0 });
  const { batch } = await batches.next();
  const { scores } = await model.evaluate(await pipeline.encode(records, "dev"));
  expect(scores.errors).toBe(1 - Number(scores.accuracy));
  return model.loss(batch, { training: false, step: 0 }).loss.item();
}

test("a loss of one's own takes the place of cross-entropy, and a metric stands beside the others", async () => {
  const usual = await lossWith({});
  expect(await lossWith({ kind: "crossEntropy" })).toBe(usual);
  expect(await lossWith({ kind: "scaled" })).toBeCloseTo(3 * usual, 5);
  expect(extended!.configSchema.safeParse(sections({ kind: "scaled", labelSmoothing: 0.1 })).success).toBe(false);
});

test("the tasks without the plugin stay as they were, and a task that was renamed keeps its name", () => {
  expect(sentiment.configSchema.safeParse(sections({ kind: "scaled" })).success).toBe(false);
  const renamed = tasksWith(new Map([["mine", plugin]]), [{ ...sentiment, name: "stance" }]);
  expect(renamed.map(({ name }) => name)).toEqual(["stance"]);
  expect(renamed[0]!.configSchema.safeParse(sections({ kind: "scaled" })).success).toBe(true);
});

test("a saved config that needs a plugin says so, unless the tasks have it", () => {
  const saved = {
    formatVersion: 1,
    plugins: ["mine.ts"],
    task: "sentiment",
    data: { dataset: "x" },
    ...sections({ kind: "scaled" }),
  };
  const files = new Map([["config.json", encodeJson(saved)]]);
  expect(() => describeModel(files)).toThrow(
    /^the model was trained with the plugin mine\.ts, without which it cannot be opened \(.*\); give it: --plugin <file>/,
  );
  expect(describeModel(files, { tasks: [extended!] }).plan.selection.name).toBe("errors");
});

test("names that are taken, and what is no plugin, are refused by name", () => {
  const twice = new Map<string, Plugin>([
    ["a", plugin],
    ["b", plugin],
  ]);
  expect(() => tasksWith(twice)).toThrow("b: brings the loss scaled, a name that a has already; choose another one");
  expect(() => definePlugin({ tasks: [sentiment] })).not.toThrow();
  expect(() => tasksWith(new Map([["a", definePlugin({ tasks: [sentiment] })]]))).toThrow(
    "a: brings the task sentiment, a name that Cellstate has already; choose another one",
  );
  expect(() => definePlugin({ metrics: [1] } as never)).toThrow(/expected metrics\[0\] to be made by defineMetric/);
});
