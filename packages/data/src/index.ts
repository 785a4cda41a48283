/** The public names of this package. */
export { type Batch, type BatchOptions, createBatches, evaluationBatches } from "./batching/batches.ts";
export {
  type BatchStep,
  BucketBatcher,
  type BucketBatcherOptions,
  type BucketBatcherState,
} from "./batching/bucket-batcher.ts";
export {
  BatchStateError,
  ChecksumError,
  DataConfigError,
  DataError,
  DataFileError,
  DatasetCardError,
  DatasetNotFoundError,
  DownloadError,
} from "./errors.ts";
export { permutation, RandomStream } from "./random.ts";
export { defaultReadLimits, type ReadLimits } from "./readers/bytes.ts";
export { type Line, readLines } from "./readers/lines.ts";
export { readParallelLines } from "./readers/plain-lines.ts";
export { type DataFormat, formatOf, type ReadOptions, readRecords } from "./readers/read-records.ts";
export type { SourceRecord } from "./readers/record.ts";
