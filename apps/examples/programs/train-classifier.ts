/** Trains a sentiment classifier on ten texts, says what it thinks of others, and saves it as a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { openModel, saveModel, sentiment } from "@cellstate/tasks";
import { createSession, Rng } from "@cellstate/tensor";
import { train } from "@cellstate/training";

const positive = ["a lovely film", "good fun", "warm and funny", "I loved it", "not boring at all"];
const negative = ["a dull film", "no fun", "cold and boring", "I hated it", "not good at all"];
const records = [...positive, ...negative].map((text, index) => ({
  values: { text, label: index < positive.length ? "positive" : "negative" },
  file: "train-classifier.ts", // errors name file and line of a record
  line: index + 1,
}));

// The sections of a config, as in a YAML file; what is left out has its default.
const sections = {
  tokenizer: { kind: "word", lowercase: true },
  model: { embedding: { size: 16 }, encoder: { kind: "lstm", hiddenSize: 16, bidirectional: true } },
};
const plan = sentiment.plan(sentiment.configSchema.parse(sections));
const pipeline = await plan.fit(records, (file) => Promise.reject(new Error(`nothing to read in ${file}`)));
const encoded = await pipeline.encode(records, "train");

const session = await createSession(); // native kernels where there are some, else WebAssembly: the same bits
const model = pipeline.build(session, new Rng(7));
const { step, best } = await train({
  session,
  parameters: model.parameters(),
  optimizer: { kind: "adam", learningRate: 0.01 },
  schedule: { kind: "constant" },
  training: { epochs: 20, clipNorm: 1, patience: null },
  batches: await model.batches(encoded, { batchSize: 5, seed: 7 }),
  lossOf: (batch, at) => model.loss(batch, { training: true, step: at }),
  evaluate: async () => (await model.evaluate(encoded)).scores, // a real experiment has a dev split
  selection: plan.selection,
});
console.log(`${step} steps, accuracy ${best?.value} on what it has seen`);

// The files of a model folder; what `openModel` makes of them reads plain texts.
const data = { dataset: "ten texts", columns: { text: "text", label: "label" } };
const files = await saveModel({ model, pipeline, config: { task: sentiment.name, ...sections, data } });
await mkdir("model", { recursive: true });
for (const [name, bytes] of files) await writeFile(`model/${name}`, bytes);

const opened = await openModel(files, session);
for await (const { text, prediction } of opened.predict(["good and funny", "no good"])) {
  console.log(`${text}: ${prediction}`);
}
await session.dispose();

/* prints:
40 steps, accuracy 1 on what it has seen
good and funny: positive
no good: negative
*/
