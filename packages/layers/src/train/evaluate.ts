/** `evaluate`: loss and metrics on examples, without training. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { type Batch, inOrder } from "../data/batches.ts";
import type { ModelData } from "../data/model-data.ts";
import { DataError, requireCount } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { examplesOf, givenBatches, isBatches, type TrainingData } from "./examples.ts";
import { EpochScores, type Logs, type Trainer } from "./trainer.ts";

export interface EvaluateOptions {
  /** Examples of a batch. Default 32. */
  readonly batchSize?: number | undefined;
  /** Of each example, or of each step of it. Default: all 1. */
  readonly sampleWeight?: ModelData | undefined;
}

const optionNames: OptionNames<EvaluateOptions> = { batchSize: true, sampleWeight: true };

export async function evaluate(
  model: Model<never> | Model<unknown>,
  x: TrainingData,
  y: ModelData | undefined,
  options: EvaluateOptions,
): Promise<Logs> {
  requireKnownOptions("evaluate", options, optionNames);
  const { batchSize = 32, sampleWeight } = options;
  requireCount("evaluate", "batchSize", batchSize);
  if (!isBatches(x)) model.graphFor(x);
  const trainer = await model.trainer("evaluate");
  const batches = isBatches(x)
    ? givenBatches(model.graph, trainer.compiled, x, { sampleWeight })
    : inOrder(examplesOf(model.graph, trainer.compiled, x, y, { sampleWeight }), batchSize);
  return evaluateBatches(trainer, batches, 50);
}

/** @param breathMs  after so many milliseconds the event loop turns */
export async function evaluateBatches(
  trainer: Trainer,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  breathMs: number,
): Promise<Logs> {
  const scores = new EpochScores(trainer.compiled);
  let breathed = performance.now();
  let count = 0;
  for await (const batch of batches) {
    trainer.test(batch, scores);
    count += 1;
    if (performance.now() - breathed < breathMs) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    breathed = performance.now();
  }
  if (count === 0) throw new DataError("evaluate: expected at least one batch, got none");
  return scores.logs();
}
