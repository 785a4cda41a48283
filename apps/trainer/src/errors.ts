/** Every error class of the command line, each knowing the exit code that it ends the process with. */

/** An error that ends the process with one message and a fixed exit code. */
export abstract class CliError extends Error {
  abstract readonly exitCode: number;
}

/** The command line asks for something that cannot be: exit 2. */
export class UsageError extends CliError {
  override readonly name = "UsageError";
  readonly exitCode = 2;
}

/** Training would refuse the data: exit 2. */
export class DataLintError extends CliError {
  override readonly name = "DataLintError";
  readonly exitCode = 2;
}

/** A run folder is missing, taken or not what it should be: exit 2. */
export class RunFolderError extends CliError {
  override readonly name = "RunFolderError";
  readonly exitCode = 2;
}

/** The code of a plugin is not the one that a run or a sweep began with: exit 2. */
export class PluginChangedError extends CliError {
  override readonly name = "PluginChangedError";
  readonly exitCode = 2;
  /** Files of the plugins, as the lock names them. */
  readonly changed: readonly string[];

  constructor(lock: string, of: "run" | "sweep", changed: readonly string[]) {
    const anew = of === "run" ? "train anew" : "sweep anew";
    super(
      `${lock}: the plugin changed since the ${of} began (${changed.join(", ")}); put the old files back, or ${anew}`,
    );
    this.changed = changed;
  }
}

/** A file that Cellstate wrote is damaged or of a newer format: exit 1. */
export class RunFileError extends CliError {
  override readonly name = "RunFileError";
  readonly exitCode = 1;
  readonly file: string;

  readonly fault: string;

  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(`${file}: ${fault}`, options);
    this.file = file;
    this.fault = fault;
  }
}

/** A run came to something else when it was repeated: exit 1. */
export class NotReproducedError extends CliError {
  override readonly name = "NotReproducedError";
  readonly exitCode = 1;
}

/** A file that another program wrote is damaged, or not of the kind that it was taken for: exit 1. */
export class DamagedFileError extends CliError {
  override readonly name = "DamagedFileError";
  readonly exitCode = 1;
}

/** Something that was to run elsewhere did not, such as a worker or a job of a scheduler: exit 1. */
export class ExecutorError extends CliError {
  override readonly name = "ExecutorError";
  readonly exitCode = 1;
}

/** Ctrl-C or SIGTERM ended the work: exit 130. */
export class InterruptedError extends CliError {
  override readonly name = "InterruptedError";
  readonly exitCode = 130;
}
