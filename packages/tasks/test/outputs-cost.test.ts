/** Penalties of recurrent outputs, as configs ask for them, reach the gradients of any task and leave its reported loss alone. */
import { backward, createSession, denseGradient, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { sentiment, type Task, translation } from "../src/index.ts";
import { labelled, paired, readNothing } from "./train-tiny.ts";

const texts = labelled("train", [
  ["the film was good", "positive"],
  ["the soup was bad", "negative"],
]);
const pairs = paired("train", [
  ["one two", "eins zwei"],
  ["two", "zwei"],
]);
const word = { kind: "word" };
const sentimentConfig = { tokenizer: word, model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 } } };
const translationConfig = {
  tokenizer: word,
  model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 } },
};

/** Loss, penalty and gradients of the first batch, with these options in the section of `model`. */
async function firstStep(
  task: Task,
  config: typeof sentimentConfig,
  records: typeof texts,
  section: string,
  options: object,
) {
  const session = await createSession({ backend: "reference" });
  const model = { ...config.model, [section]: { hiddenSize: 4, ...options } };
  const plan = task.plan(task.configSchema.parse({ ...config, model }));
  const pipeline = await plan.fit(records, readNothing);
  const built = pipeline.build(session, new Rng(5));
  const batches = await built.batches(await pipeline.encode(records, "train"), { batchSize: 2, seed: 0 });
  const { batch } = await batches.next();
  const lossOf = (training: boolean) => built.loss(batch, { training, step: 0 });
  const { loss, penalty } = lossOf(true);
  const [value, cost] = [loss.item(), penalty?.item()];
  const gradients = penalty && backward(penalty);
  const moved = [...built.parameters()].flatMap(([name, tensor]) => {
    const gradient = gradients?.get(tensor);
    return gradient &&
      denseGradient(gradient)
        .readSync()
        .some((slope) => slope !== 0)
      ? [name]
      : [];
  });
  return { loss: value, penalty: cost, moved, evaluated: lossOf(false).penalty };
}

test.each([
  ["a classifier's encoder", sentiment, sentimentConfig, texts, "encoder", "encoder.weight_hh_l0"],
  ["a translator's encoder", translation, translationConfig, pairs, "encoder", "encoder.lstm.weight_hh_l0"],
  ["a translator's decoder", translation, translationConfig, pairs, "decoder", "decoder.lstm.weight_hh_l0"],
] as const)("of %s", async (_, task, config, records, section, weight) => {
  const plain = await firstStep(task, config, records, section, {});
  expect(plain.penalty).toBeUndefined();
  const large = await firstStep(task, config, records, section, { activationPenalty: 2 });
  const restless = await firstStep(task, config, records, section, { temporalActivationPenalty: 1 });
  const both = await firstStep(task, config, records, section, { activationPenalty: 2, temporalActivationPenalty: 1 });
  expect([large.loss, restless.loss, both.loss]).toEqual([plain.loss, plain.loss, plain.loss]);
  expect(large.penalty).toBeGreaterThan(0);
  expect(restless.penalty).toBeGreaterThan(0);
  expect(both.penalty).toBeCloseTo(large.penalty! + restless.penalty!, 6);
  expect(both.moved).toContain(weight);
  expect(both.evaluated).toBeUndefined();
});
