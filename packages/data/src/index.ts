/** The public names of this package that need no file system; those that do are in `@cellstate/data/node`. */

// examples and their batches
export { type Batch, type BatchOptions, createBatches, evaluationBatches } from "./batching/batches.ts";
export {
  type BatchStep,
  BucketBatcher,
  type BucketBatcherOptions,
  type BucketBatcherState,
} from "./batching/bucket-batcher.ts";
export type { Curriculum } from "./batching/curriculum.ts";
export type { ExampleBatch, Examples, ExampleWalk, ExampleWriter, WalkOptions } from "./batching/examples.ts";
export { ListedExamples, ListWriter } from "./batching/listed-examples.ts";
// errors
export {
  BatchStateError,
  ChecksumError,
  DataConfigError,
  DataError,
  DataFileError,
  DatasetCardError,
  DatasetNotFoundError,
  DownloadError,
  ShardError,
} from "./errors.ts";
// records and the fields that tasks read
export {
  type Field,
  type FieldKind,
  type Fields,
  type FieldValues,
  guessFields,
  inputRoles,
  runningRoleOf,
  type Span,
  type ValuesOf,
} from "./fields.ts";
// made-up data
export { type ArithmeticPair, type ArithmeticSplit, generateArithmetic } from "./generators/arithmetic/generate.ts";
export { type DatePair, dateStyles, generateDates } from "./generators/dates/generate.ts";
export { type Input, type InputPlace, inputFields, inputRecord, onlyInput } from "./input-record.ts";
// what is in a dataset
export {
  findNearDuplicates,
  type NearDuplicate,
  type NearDuplicateOptions,
  type PlacedText,
} from "./near-duplicates.ts";
// words as bags of n-grams
export { type NgramOptions, ngramBuckets } from "./ngram-buckets.ts";
export { DrawStream, permutation } from "./random.ts";
export { type Cell, checkValue, isBlank, type RecordCell, readValue, ValueFault } from "./read-value.ts";
export type { ColumnNames, Columns, DataRecord, Dataset, Records } from "./record.ts";
// splits
export { type Division, divide, divideIntoFolds, samplePlaces } from "./splits.ts";
export { dataStats, type LengthStats, type SplitStats } from "./stats.ts";
