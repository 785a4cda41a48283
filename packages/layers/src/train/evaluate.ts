/** `evaluate`: loss and metrics on examples, without training. */
import { OptionError, type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { type Batch, inOrder } from "../data/batches.ts";
import type { ModelData } from "../data/model-data.ts";
import { DataError, requireCount } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { examplesOf, givenBatches, isBatches, type TrainingData } from "./examples.ts";
import { type ProgressOutput, scoreTexts, standardOutput } from "./progress.ts";
import { EpochScores, type Logs, type Trainer } from "./trainer.ts";

export interface EvaluateOptions {
  /** Examples of a batch. Default 32. */
  readonly batchSize?: number | undefined;
  /** Of each example, or of each step of it. Default: all 1. */
  readonly sampleWeight?: ModelData | undefined;
  /** 0 says nothing, 1 and 2 show the scores in a line. Default 0. */
  readonly verbose?: 0 | 1 | 2 | undefined;
  /** Where they are shown. Default: the terminal, or a page's console. */
  readonly output?: ProgressOutput | undefined;
}

const optionNames: OptionNames<EvaluateOptions> = { batchSize: true, sampleWeight: true, verbose: true, output: true };

export async function evaluate(
  model: Model<never> | Model<unknown>,
  x: TrainingData,
  y: ModelData | undefined,
  options: EvaluateOptions,
): Promise<Logs> {
  requireKnownOptions("evaluate", options, optionNames);
  const { batchSize = 32, sampleWeight, verbose = 0 } = options;
  requireCount("evaluate", "batchSize", batchSize);
  if (![0, 1, 2].includes(verbose)) throw new OptionError("evaluate", "verbose", "0, 1 or 2", verbose);
  if (!isBatches(x)) model.graphFor(x);
  const trainer = await model.trainer("evaluate");
  const batches = isBatches(x)
    ? givenBatches(model.graph, trainer.compiled, x, { sampleWeight })
    : inOrder(examplesOf(model.graph, trainer.compiled, x, y, { sampleWeight }), batchSize);
  const logs = await evaluateBatches(trainer, batches, 50);
  if (verbose > 0) (options.output ?? standardOutput()).write(`${scoreTexts(logs).join(" - ")}\n`);
  return logs;
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
