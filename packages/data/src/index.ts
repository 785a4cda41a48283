/** The public names of this package. */
export { type Batch, type BatchOptions, createBatches, evaluationBatches } from "./batching/batches.ts";
export {
  type BatchStep,
  BucketBatcher,
  type BucketBatcherOptions,
  type BucketBatcherState,
} from "./batching/bucket-batcher.ts";
export { findCard, type LocatedCard, listCards } from "./cards/find-cards.ts";
export { parseCard } from "./cards/parse-card.ts";
export {
  type DataColumns,
  type DataRecord,
  type Dataset,
  isPairRecord,
  isTextRecord,
  type PairRecord,
  type TextRecord,
} from "./dataset.ts";
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
export { type DownloadOptions, type DownloadProgress, download } from "./files/download.ts";
export { cacheFolder, type Environment, mirrorFolder } from "./files/folders.ts";
export { hashFile, hashText } from "./files/hash.ts";
export { type FileOrigin, type ResolveContext, type ResolvedFile, resolveFile } from "./files/resolve-file.ts";
export { type FileReport, fetchDataset, verifyDataset } from "./files/verify.ts";
export { type DatePair, dateStyles, generateDates } from "./generators/dates/generate.ts";
export type { LoadContext } from "./loading/context.ts";
export { loadDataset, loadFile } from "./loading/load-dataset.ts";
export {
  findNearDuplicates,
  type NearDuplicate,
  type NearDuplicateOptions,
  type PlacedText,
} from "./near-duplicates.ts";
export { permutation, RandomStream } from "./random.ts";
export { defaultReadLimits, type ReadLimits } from "./readers/bytes.ts";
export { type Line, readLines } from "./readers/lines.ts";
export { readParallelLines } from "./readers/plain-lines.ts";
export { type DataFormat, formatOf, type ReadOptions, readRecords } from "./readers/read-records.ts";
export type { SourceRecord } from "./readers/record.ts";
export { holdOut, type SplitResult, sample } from "./splits.ts";
export { dataStats, type LengthStats, type SplitStats } from "./stats.ts";
