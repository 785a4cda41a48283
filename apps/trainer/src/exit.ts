/** From any error to one message and the contract's exit code. */
import { type DiskError, systemFaultOf } from "@cellstate/files";
import { CliError } from "./errors.ts";
import { loadedPlugins, pluginPlace } from "./plugins/plugin-code.ts";
import { printMessage } from "./terminal/print.ts";

/** @internal 0 done, 1 run-time failure, 2 wrong usage, config or data, 130 interrupted. */
export interface Ending {
  readonly exitCode: number;
  readonly message: string;
}

/**
 * Errors of the packages below by name: loading the packages for `instanceof` would slow every command down.
 *
 * What the user gave is 2; what failed while running is 1, and so is a file of a model, of weights or of a tokenizer that is damaged: cut
 * short, malformed or at odds with itself. One that is whole, and holds what is not supported or is known to be something else, is 2.
 */
const EXIT_CODES: Readonly<Record<string, number>> = {
  // files
  ConfigError: 2,
  DiskError: 1,
  FolderInUseError: 2,
  // data
  DataError: 2,
  DataFileError: 2,
  ChecksumError: 2,
  DatasetCardError: 2,
  DatasetNotFoundError: 2,
  DataConfigError: 2,
  DownloadError: 1,
  BatchStateError: 1,
  ShardError: 1,
  // tasks, layers, tokenizers and search
  ModelFilesError: 1,
  NonFiniteResultError: 1,
  ModelChangeError: 2,
  ModelError: 2,
  UnknownTaskError: 2,
  PluginError: 2,
  MissingPluginError: 2,
  NotTrainableError: 2,
  ModelFormatError: 1,
  UnsupportedModelError: 2,
  TransferError: 2,
  TokenizerNotFoundError: 2,
  TokenizerFileError: 1,
  TokenizerRoleError: 2,
  PromptError: 2,
  OptionError: 2,
  NamePatternError: 2,
  ParameterGroupError: 2,
  SearchError: 2,
  SweepError: 2,
  TokenizerFormatError: 1,
  ForeignFileError: 2,
  MissingSpecialTokenError: 1,
  UnknownTokenError: 1,
  UnknownIdError: 2,
  TruncationError: 2,
  PaddingError: 2,
  SentencePieceFormatError: 1,
  SegmenterError: 1,
  VocabularyFileError: 1,
  TrainingError: 2,
  UnsupportedRuntimeError: 2,
  PatternError: 2,
  TextTooLongError: 1,
  // ONNX
  OnnxExportError: 2,
  OnnxFormatError: 1,
  OnnxInputError: 2,
  OnnxLimitError: 2,
  OnnxNodeError: 1,
  OnnxUnsupportedError: 2,
  // tensors and training
  SafetensorsError: 1,
  StateDictError: 1,
  CheckpointError: 1,
  NonFiniteError: 1,
  SelectionError: 1,
  TrainingStateError: 1,
  BackendError: 2,
};

/**
 * What the user is told and with which code the process ends.
 *
 * @param plugins  those whose fault it may be. Default: all that this process has loaded
 */
export function endingOf(error: unknown, plugins: readonly string[] = loadedPlugins()): Ending {
  if (error instanceof CliError) return { exitCode: error.exitCode, message: error.message };
  if (!(error instanceof Error)) return { exitCode: 1, message: thrownValue(error, plugins) };
  const known = exitCodeOf(error);
  if (known !== undefined) return { exitCode: wrongPath(error) ? 2 : known, message: error.message };
  const place = pluginPlace(error);
  const fault = systemFaultOf(error);
  if (fault !== undefined) {
    const { path } = error as NodeJS.ErrnoException;
    const where = `${place === undefined ? "" : `${place}: `}${path === undefined ? "" : `${path}: `}`;
    return { exitCode: fault.isWrongPath ? 2 : 1, message: `${where}${fault.message} (${fault.code})` };
  }
  if (place !== undefined) return { exitCode: 1, message: `${place}: ${error.name}: ${error.message}` };
  const message = error.message.startsWith("internal:") ? error.message : `internal: ${error.name}: ${error.message}`;
  return {
    exitCode: 1,
    message: `${message}\nThis is a fault of ${suspects(plugins)}; CELLSTATE_DEBUG=1 shows where.`,
  };
}

/** That of what the reader of a tokenizer found, where the error only says in which file. */
function exitCodeOf({ name, cause }: Error): number | undefined {
  const found = name === "TokenizerFileError" && cause instanceof Error ? EXIT_CODES[cause.name] : undefined;
  return found ?? EXIT_CODES[name];
}

/** A thrown value that is no error has no place; Cellstate throws none. */
function thrownValue(value: unknown, plugins: readonly string[]): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return plugins.length === 0
    ? `internal: ${String(value)}`
    : `the plugin ${plugins.join(" or ")} threw ${text}, which is no Error, so its line is not known`;
}

/** A plugin's value may come to grief only later, where none of its lines is to be seen. */
function suspects(plugins: readonly string[]): string {
  return plugins.length === 0 ? "Cellstate" : `the plugin ${plugins.join(" or ")}, or of Cellstate`;
}

/** Whether a disk refused a path that would never do, such as one below a file. */
function wrongPath(error: Error): boolean {
  return error.name === "DiskError" && (error as Partial<DiskError>).fault?.isWrongPath === true;
}

/** Prints the one message (and the stack if `CELLSTATE_DEBUG=1`) and returns the exit code. */
export function reportError(error: unknown, env: NodeJS.ProcessEnv = process.env): number {
  const { exitCode, message } = endingOf(error);
  printMessage(`cellstate: ${message}\n`);
  if (env.CELLSTATE_DEBUG === "1" && error instanceof Error) printMessage(`${error.stack}\n`);
  return exitCode;
}
