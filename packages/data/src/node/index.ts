/** The public names of `@cellstate/data/node`: dataset cards, files and their readers, downloads, examples on disk. */

export type { DataFormat } from "../config/formats.ts";
// cards
export { findCard, type LocatedCard, listCards, rolesOf } from "./cards/find-cards.ts";
export { parseCard } from "./cards/parse-card.ts";
// files of a card
export { type DownloadOptions, type DownloadProgress, download } from "./files/download.ts";
export { cacheFolder, type Environment, mirrorFolder } from "./files/folders.ts";
export { hashFile } from "./files/hash.ts";
export { type ChangedLines, firstChangedLines, hashLines, type LineHashes } from "./files/line-hashes.ts";
export { type FileOrigin, type ResolveContext, type ResolvedFile, resolveFile } from "./files/resolve-file.ts";
export { adviceOn, type FileReport, fetchDataset, verifyDataset } from "./files/verify.ts";
export type { LoadContext } from "./loading/context.ts";
// datasets
export { datasetFiles } from "./loading/dataset-files.ts";
export { loadDataset } from "./loading/load-dataset.ts";
export { type FileReading, readFileRecords } from "./loading/read-file-records.ts";
// readers
export { defaultReadLimits, type ReadLimits } from "./readers/bytes.ts";
export { type Line, linesOf, readLines } from "./readers/lines.ts";
export { readParallelLines } from "./readers/plain-lines.ts";
export { formatOf, type ReadOptions, readRecords } from "./readers/read-records.ts";
export type { RowOptions, SourceRecord } from "./readers/row.ts";
export { openShards, type ShardOptions, ShardWriter } from "./shards/shard-writer.ts";
// examples on disk
export { ShardedExamples } from "./shards/sharded-examples.ts";
// word vectors
export { type FoundBy, type ReadVectorsOptions, readVectors, type WordVectors } from "./vectors/read-vectors.ts";
export type { VectorFormat } from "./vectors/vectors.ts";
