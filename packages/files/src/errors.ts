/** Every error that this package throws on purpose. */
import type { SystemFault } from "./system-fault.ts";
import { formatOrigin, type Origin } from "./yaml/origin.ts";

/** The disk could not take a file; the message names the file and says what to do. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly fault: SystemFault;

  constructor(path: string, fault: SystemFault, options?: ErrorOptions) {
    super(`cannot write ${path}: ${fault.message} (${fault.code})`, options);
    this.fault = fault;
  }
}

/** Another living process works in the folder; the message says which. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
}

/** One thing wrong with a file that a person wrote: where it stands, what was required and what came. */
export interface ConfigIssue {
  readonly where: Origin;
  /** Key path such as `training.batchSize`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** The line in question with a mark under the place, where the file is no YAML; two lines of text. */
  readonly excerpt?: string;
}

/** A file that a person wrote, such as an experiment, is wrong; the message has one line for each fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(formatIssue).join("\n"));
    this.issues = issues;
  }
}

function formatIssue({ where, path, message, excerpt }: ConfigIssue): string {
  const fault = `${formatOrigin(where)}: ${path === "" ? "" : `${path}: `}${message}`;
  return excerpt === undefined ? fault : `${fault}\n${excerpt}`;
}
