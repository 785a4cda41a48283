/** Trains an encoder, attention and a decoder to write dates such as "3 may 1987" as 1987-05-03, from generated pairs. */
import { openModel, saveModel, translation } from "@cellstate/tasks";
import { createSession, Rng } from "@cellstate/tensor";
import { train } from "@cellstate/training";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const draws = new Rng(1).stream("dates").uniform(3 * 600); // the same numbers everywhere
const records = Array.from({ length: 600 }, (_, index) => {
  const [day, month, year] = [28, 12, 100].map((size, part) => Math.floor(draws[3 * index + part]! * size));
  const two = (value: number) => `${value}`.padStart(2, "0");
  const source = `${day! + 1} ${months[month!]} ${1950 + year!}`;
  const target = `${1950 + year!}-${two(month! + 1)}-${two(day! + 1)}`;
  return { values: { source, target }, file: "translate-dates.ts", line: index + 1 };
});

const sections = {
  tokenizer: { kind: "char" },
  model: { embedding: { size: 16 }, encoder: { hiddenSize: 32 }, decoder: { hiddenSize: 64 } },
  search: { beamSize: 1, maxDecodeLen: 12 },
  metrics: { select: "exactMatch" },
};
const plan = translation.plan(translation.configSchema.parse(sections));
const pipeline = await plan.fit(records, (file) => Promise.reject(new Error(`nothing to read in ${file}`)));
const [training, dev] = [records.slice(50), records.slice(0, 50)];
const trainSet = await pipeline.encode(training, "train");
const devSet = await pipeline.encode(dev, "dev");

const session = await createSession();
const model = pipeline.build(session, new Rng(7));
const { best } = await train({
  session,
  parameters: model.parameters(),
  optimizer: { kind: "adam", learningRate: 0.01 },
  schedule: { kind: "linear" },
  training: { epochs: 14, clipNorm: 1, patience: null },
  batches: await model.batches(trainSet, { batchSize: 32, seed: 7 }),
  lossOf: (batch, step) => model.loss(batch, { training: true, step }),
  evaluate: async () => (await model.evaluate(devSet)).scores,
  selection: plan.selection,
});
console.log(`exact match ${best?.value} on 50 dates that it has not seen`);

const data = { dataset: "dates", columns: { source: "source", target: "target" } };
const files = await saveModel({ model, pipeline, config: { task: translation.name, ...sections, data } });
const opened = await openModel(files, session);
for await (const { source, prediction } of opened.predict(["3 may 1987", "28 feb 2024"])) {
  console.log(`${source} -> ${prediction}`);
}
await session.dispose();

/* prints:
exact match 1 on 50 dates that it has not seen
3 may 1987 -> 1987-05-03
28 feb 2024 -> 2024-02-28
*/
