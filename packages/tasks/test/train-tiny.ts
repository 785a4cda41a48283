/** Tiny data, and a training loop of a few lines over them: all examples in one batch at every step. */
import type { DataRecord } from "@cellstate/data";
import { backward, createSession, Rng, type Session } from "@cellstate/tensor";
import { createOptimizer } from "@cellstate/training";
import { optimizerConfig } from "@cellstate/training/config";
import type { Encoded, Pipeline, Plan, PredictionLine, Task, TaskModel } from "../src/index.ts";
import { collect } from "./collect.ts";

/** Texts with labels whose lines count from 2, as under a header; a text alone has no label. */
export function labelled(split: string, rows: readonly (readonly [text: string, label?: string])[]): DataRecord[] {
  return rows.map(([text, label], row) => ({ values: { text, label }, file: `${split}.tsv`, line: row + 2 }));
}

/** Pairs in the same way. */
export function paired(split: string, rows: readonly (readonly [source: string, target?: string])[]): DataRecord[] {
  return rows.map(([source, target], row) => ({ values: { source, target }, file: `${split}.tsv`, line: row + 2 }));
}

/** No task here names a file. */
export const readNothing = (path: string): never => {
  throw new Error(`nothing should be read, got ${path}`);
};

export interface TinyRun {
  readonly session: Session;
  readonly plan: Plan;
  readonly pipeline: Pipeline;
  readonly train: Encoded;
  readonly model: TaskModel;
  /** The loss of each step. */
  readonly losses: readonly number[];
}

/** @param sections  of the config, as a user writes them */
export async function trainTiny(
  task: Task,
  sections: unknown,
  records: readonly DataRecord[],
  options: { readonly steps: number; readonly learningRate: number },
): Promise<TinyRun> {
  const session = await createSession({ backend: "reference" });
  const plan = task.plan(task.configSchema.parse(sections));
  const pipeline = await plan.fit(records, readNothing);
  const train = await pipeline.encode(records, "train");
  const model = pipeline.build(session, new Rng(5));
  const optimizer = createOptimizer(optimizerConfig.parse({ kind: "adam" }), model.parameters(), session);
  const batches = await model.batches(train, { batchSize: train.length, seed: 0 });
  const losses: number[] = [];
  for (let step = 0; step < options.steps; step++) {
    using _ = session.scope();
    const { batch } = await batches.next();
    const { loss } = model.loss(batch, { training: true, step });
    losses.push(loss.item());
    optimizer.step(backward(loss), { learningRate: options.learningRate, gradientScale: 1 });
  }
  return { session, plan, pipeline, train, model, losses };
}

/** The answers to records, without their places, so that they can be compared in any order. */
export async function answersTo(model: TaskModel, records: readonly DataRecord[]): Promise<PredictionLine[]> {
  const lines = await collect(model.predict(records));
  return lines.map(({ index: _, ...line }) => line);
}

/** What a pipeline makes of each record, and the sizes that go with it. */
export async function encodedBy(
  pipeline: Pipeline,
  records: readonly DataRecord[],
  split = "train",
): Promise<{ readonly examples: readonly unknown[]; readonly sizes: readonly number[] }> {
  const examples: unknown[] = [];
  const sizes: number[] = [];
  await pipeline.encode(records, split, {
    writer: {
      add: (example, size) => {
        examples.push(example);
        sizes.push(size);
      },
      finish: () => ({ length: examples.length, totalSize: sizes.reduce((sum, size) => sum + size, 0) }),
    },
  });
  return { examples, sizes };
}
