/** The public names of this package: run the command line, and read what it writes. */

// errors
export { ConfigError, type ConfigIssue, DiskError, FolderInUseError } from "@cellstate/files";
// command line
export { type CliOptions, runCli } from "./cli.ts";
// configs
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from "./config/load.ts";
export type { Experiment } from "./config/schema.ts";
// errors
export {
  CliError,
  InterruptedError,
  RunFileError,
  RunFolderError,
  UsageError,
} from "./errors.ts";
export { endingOf, reportError } from "./exit.ts";
// run folders
export { type ConfigLock, readLock } from "./run/config-lock.ts";
export { type RunPaths, runPaths } from "./run/folder.ts";
export { type MetricsLine, readMetrics } from "./run/metrics-log.ts";
export { type RunResult, readResult, type SplitScores } from "./run/result.ts";
// folders of sweeps
export { type Batch, readBatch } from "./sweep/batch.ts";
export { type SweepPaths, sweepPaths } from "./sweep/paths.ts";
export { readSweepLock, type SweepLock } from "./sweep/sweep-lock.ts";
