/** Training batches of encoded examples, by length, with a position that a checkpoint can hold. */
import { BucketBatcher } from "@cellstate/data";
import type { AnyTask } from "@cellstate/tasks";
import type { BatchSource } from "@cellstate/training";

/** A collated batch and the numbers of its examples, which address dropout. */
export interface TrainingBatch {
  readonly batch: unknown;
  readonly examples: Int32Array;
}

export interface BatchesOptions {
  readonly task: AnyTask;
  readonly config: unknown;
  readonly fitted: unknown;
  readonly examples: readonly unknown[];
  readonly batchSize: number;
  readonly seed: number;
}

export function trainingBatches(options: BatchesOptions): BatchSource<TrainingBatch> {
  const { task, config, fitted, examples, batchSize, seed } = options;
  const lengths = Int32Array.from(examples, (example) => task.lengthOf(example));
  let batcher = new BucketBatcher(lengths, { batchSize, seed });
  return {
    batchesPerEpoch: batcher.batchesPerEpoch,
    next() {
      const { indices, endsEpoch } = batcher.next();
      const batch = task.collate(
        config,
        fitted,
        indices.map((index) => examples[index]),
      );
      return {
        batch: { batch, examples: Int32Array.from(indices) },
        tokens: task.tokensIn(batch),
        epochEnded: endsEpoch,
      };
    },
    state: () => batcher.state(),
    load(state) {
      batcher = BucketBatcher.fromState(lengths, { batchSize, seed }, state);
    },
  };
}
