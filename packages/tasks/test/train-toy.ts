/** What the trainer does with an experiment, in memory and in a few lines: load, fit, encode, build, train. */
import { readFile } from "node:fs/promises";
import type { Dataset } from "@cellstate/data";
import { dataConfig } from "@cellstate/data/config";
import { loadDataset } from "@cellstate/data/node";
import {
  type Encoded,
  type FileContents,
  type Pipeline,
  type Plan,
  planOf,
  saveModel,
  type TaskModel,
} from "@cellstate/tasks";
import type { Toy } from "@cellstate/tasks/toys";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { type CheckpointStore, type TrainingState, type TrainResult, train } from "@cellstate/training";
import { optimizerConfig, scheduleConfig, trainingConfig } from "@cellstate/training/config";
import { parse } from "yaml";

/** A toy that is ready to train, with the first weights. */
export interface ToyRun {
  readonly session: Session;
  readonly config: Readonly<Record<string, unknown>> & { readonly task: string };
  readonly dataset: Dataset;
  readonly plan: Plan;
  readonly pipeline: Pipeline;
  readonly train: Encoded;
  /** Encoded splits that are scored, by name. */
  readonly evaluated: ReadonlyMap<string, Encoded>;
  readonly model: TaskModel;
}

export async function beginToy({ configFile, folder, task }: Toy): Promise<ToyRun> {
  const config = parse(await readFile(configFile, "utf8")) as ToyRun["config"];
  const { plan } = planOf(config, [task]);
  const dataset = await loadDataset(dataConfig.parse(config.data), plan.fields, {
    configDir: folder,
    datasetsDir: folder,
  });
  const pipeline = await plan.fit(dataset.train, async () => undefined);
  const evaluated = new Map<string, Encoded>();
  for (const [split, records] of Object.entries(dataset.evaluated)) {
    evaluated.set(split, await pipeline.encode(records, split));
  }
  const session = await createSession();
  return {
    session,
    config,
    dataset,
    plan,
    pipeline,
    train: await pipeline.encode(dataset.train, "train"),
    evaluated,
    model: pipeline.build(session, new Rng(Number(config.seed))),
  };
}

export interface TrainToyOptions {
  /** Default: those of its config. */
  readonly epochs?: number;
  readonly checkpoints?: CheckpointStore;
  readonly resumeFrom?: TrainingState | undefined;
  /** Step after which it is interrupted. Default: never. */
  readonly stopAfter?: number | undefined;
}

export async function trainToy(run: ToyRun, options: TrainToyOptions = {}): Promise<TrainResult> {
  const { session, config, plan, evaluated, model } = run;
  const { epochs, checkpoints, resumeFrom, stopAfter } = options;
  const training = trainingConfig.parse(config.training);
  const interrupt = new AbortController();
  return train({
    session,
    parameters: model.parameters(),
    optimizer: optimizerConfig.parse(config.optimizer),
    schedule: scheduleConfig.parse(config.schedule),
    training: { ...training, epochs: epochs ?? training.epochs },
    batches: await model.batches(run.train, { batchSize: training.batchSize, seed: Number(config.seed) }),
    lossOf: (batch, step) => model.loss(batch, { training: true, step }),
    evaluate: async () => (await model.evaluate(evaluated.get("dev")!)).scores,
    selection: { ...plan.selection, tieBreaker: plan.loss },
    signal: interrupt.signal,
    callbacks: {
      onStep: ({ step }) => {
        if (step === stopAfter) interrupt.abort();
      },
    },
    ...(checkpoints && { checkpoints }),
    ...(resumeFrom && { resumeFrom }),
  });
}

/** The files of a saved model, as a run folder would hold them. */
export function saveToy({ config, dataset, model, pipeline }: ToyRun): Promise<FileContents> {
  const { name, columns, labels } = dataset;
  return saveModel({
    model,
    pipeline,
    config: { ...config, data: { dataset: name, columns, ...(labels && { labels }) } },
  });
}
