/** The trained model that a new one begins with: found, compared with its manifest, and read. */
import { join } from "node:path";
import { sha256 } from "@cellstate/files";
import {
  describeModel,
  type FileContents,
  type InitConfig,
  MANIFEST_FILE,
  type Pipeline,
  type Task,
  type TaskModel,
  type Transfer,
  transferWeights,
  WEIGHTS_FILE,
} from "@cellstate/tasks";
import { decodeSafetensors } from "@cellstate/tensor";
import { asCaller, callerFolder } from "../paths.ts";
import { findRun, runPaths } from "../run/folder.ts";
import { readModelFolder } from "../run/model-folder.ts";
import { requireOwnModel } from "../run/run-manifest.ts";
import { formatWhole } from "../terminal/format.ts";

/** A source as it was found. */
export interface InitSource {
  readonly options: InitConfig;
  readonly files: FileContents;
  /** What the trained model learned before its weights. */
  readonly pipeline: Pipeline;
  /** SHA-256 of its manifest, which has the hashes of all its files, by the manifest's path. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Reads the model that a config begins with.
 *
 * @throws {RunFolderError} if there is no finished run or saved model
 * @throws {RunFileError} if one of its files is not as its manifest says
 */
export async function readInitSource(options: InitConfig, tasks: readonly Task[]): Promise<InitSource> {
  const found = findRun(options.from, callerFolder());
  const files = await readModelFolder(found.model);
  if (found.run !== undefined) await requireOwnModel(runPaths(found.run));
  const { plan } = describeModel(files, { tasks });
  const manifest = join(found.model, MANIFEST_FILE);
  return {
    options,
    files,
    pipeline: await plan.load(files),
    hashes: { [manifest]: sha256(files.get(MANIFEST_FILE)!) },
  };
}

/** @throws {TransferError} if something does not fit */
export function initModel(
  { files, pipeline, options }: InitSource,
  model: Pick<TaskModel, "parameters" | "buffers">,
  own: Pick<Pipeline, "rowNames">,
): Transfer {
  const { tensors } = decodeSafetensors(files.get(WEIGHTS_FILE)!, WEIGHTS_FILE);
  const source = { tensors, rowNames: pipeline.rowNames() };
  const parameters = new Map([...model.parameters(), ...(model.buffers?.() ?? [])]);
  return transferWeights(source, { parameters, rowNames: own.rowNames() }, options);
}

/** Lines that say what was taken: `runs/my-run: 11 of 12 parameters; embedding.weight 3,210 of 4,961 rows by name; anew: ...`. */
export function describeTransfer({ taken, left, faults }: Transfer, { from }: InitConfig): string[] {
  const rows = taken.flatMap(({ to, rows }) =>
    rows === undefined ? [] : [`${to} ${formatWhole(rows.taken)} of ${formatWhole(rows.all)} rows by name`],
  );
  const all = taken.length + left.length;
  const parts = [`${asCaller(from)}: ${taken.length} of ${all} parameters taken`, ...rows];
  if (left.length > 0) parts.push(`anew: ${left.join(", ")}`);
  return [parts.join("; "), ...faults.map((fault) => `  left out: ${fault}`)];
}
