/** What `cellstate verify` prints. */
import { RunFileError } from "../../errors.ts";
import { rebuildOf } from "./rebuild.ts";
import type { Verification } from "./verify-folder.ts";

/** One line a file, under those that are damaged what rebuilds them, and a sum. */
export function describeVerification(found: Verification): string {
  const lines = found.files.flatMap((file) => {
    const fault = found.faults.find((one) => one.file === file);
    if (fault === undefined) return [`whole    ${file}`];
    return [`damaged  ${file}: ${fault.fault}`, `         rebuild: ${rebuildOf(file, found)}`];
  });
  const state = found.kind === "model" ? "model" : `run, ${found.finished ? "finished" : "not finished"}`;
  return `${[`${state}: ${found.folder}`, ...lines].join("\n")}\n${summary(found)}\n`;
}

/** The document of `--json`. */
export function jsonVerification(found: Verification): Readonly<Record<string, unknown>> {
  const { folder, kind, finished, files, faults } = found;
  return {
    formatVersion: 1,
    folder,
    kind,
    finished,
    whole: faults.length === 0,
    files,
    damaged: faults.map(({ file, fault }) => ({ file, fault, rebuild: rebuildOf(file, found) })),
  };
}

/** @throws {RunFileError} if anything is damaged, so that the command ends with 1 */
export function requireWhole(found: Verification): void {
  if (found.faults.length > 0) throw new RunFileError(found.folder, summary(found));
}

function summary({ files, faults }: Verification): string {
  if (faults.length === 0) return `all ${files.length} files are whole`;
  return `${faults.length} of ${files.length} files ${faults.length === 1 ? "is" : "are"} damaged`;
}
