/** A training loop of a few lines for tiny data: all examples in one batch at every step. */
import type { Dataset } from "@cellstate/data";
import type { Module } from "@cellstate/lstm-core";
import { backward, createSession, Rng, type Session } from "@cellstate/tensor";
import { createOptimizer } from "@cellstate/training";
import { optimizerConfig } from "@cellstate/training/config";
import type { Task } from "../src/index.ts";

export type Rows<Row> = Readonly<Record<string, readonly Row[]>>;

/** A dataset whose lines count from 2, as under a header. */
export function datasetOf(
  splits: Rows<readonly [text: string, label: string]>,
  columns: "text" | "pair" = "text",
): Dataset {
  const records = Object.entries(splits).map(([split, rows]) => {
    const place = (row: number) => ({ file: `${split}.tsv`, line: row + 2 });
    return [
      split,
      rows.map(([first, second], row) =>
        columns === "text"
          ? { text: first, label: second, ...place(row) }
          : { source: first, target: second, ...place(row) },
      ),
    ] as const;
  });
  return {
    name: "tiny",
    splits: Object.fromEntries(records),
    hashes: {},
    columns: columns === "text" ? { text: "text", label: "label" } : { source: "source", target: "target" },
  };
}

export interface Trained<Fitted, Example, Model> {
  readonly session: Session;
  readonly fitted: Fitted;
  readonly train: readonly Example[];
  readonly model: Model;
  /** The loss of each step. */
  readonly losses: readonly number[];
}

export async function trainTiny<Config, Fitted, Example, Batch, Prediction, Model extends Module>(
  task: Task<Config, Fitted, Example, Batch, Prediction, Model>,
  config: Config,
  data: Dataset,
  options: { steps: number; learningRate: number },
): Promise<Trained<Fitted, Example, Model>> {
  const session = await createSession({ backend: "reference" });
  const fitted = await task.fit(config, data);
  const train = task.encode(config, fitted, data.splits.train ?? [], "train");
  const model = task.buildModel(config, fitted, session, new Rng(5));
  const optimizer = createOptimizer(optimizerConfig.parse({ kind: "adam" }), model.parameters(), session);
  const batch = task.collate(config, fitted, train);
  const examples = Int32Array.from(train.keys());
  const losses: number[] = [];
  for (let step = 0; step < options.steps; step++) {
    using _ = session.scope();
    const { loss } = task.loss(config, model, batch, { training: true, step, examples });
    losses.push(loss.item());
    optimizer.step(backward(loss), { learningRate: options.learningRate, gradientScale: 1 });
  }
  return { session, fitted, train, model, losses };
}
