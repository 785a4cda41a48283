/** The weights that a new model begins with: those of a trained model, compared with its manifest, or of a file of another framework. */
import { join, resolve } from "node:path";
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
  type TransferSource,
  transferWeights,
  WEIGHTS_FILE,
} from "@cellstate/tasks";
import { decodeSafetensors } from "@cellstate/tensor";
import { RunFolderError } from "../errors.ts";
import { asCaller, callerFolder } from "../paths.ts";
import { findRun, runPaths } from "../run/folder.ts";
import { readModelFolder } from "../run/model-folder.ts";
import { requireOwnModel } from "../run/run-manifest.ts";
import { formatWhole } from "../terminal/format.ts";
import { readWeightsFile } from "./weights-file.ts";

/** A source as it was found. */
export interface InitSource {
  readonly options: InitConfig;
  /** Of the trained model; undefined where there is a file of weights alone. */
  readonly files: FileContents | undefined;
  readonly weights: TransferSource;
  /** SHA-256 by path: of a model's manifest, which has the hashes of all its files, or of the file of weights. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Reads the weights that a config begins with.
 *
 * @param own  the task of the config: a model of another one may say which of its weights are of use there
 *
 * @throws {RunFolderError} if there is no finished run, saved model or file of weights, or the file shall give more than weights
 * @throws {RunFileError} if a file of the model is not as its manifest says
 */
export async function readInitSource(
  options: InitConfig,
  tasks: readonly Task[],
  own: Pick<Task, "name">,
): Promise<InitSource> {
  const path = resolve(callerFolder(), options.from);
  const file = await readWeightsFile(path);
  if (file !== undefined) {
    if (options.fitted) {
      throw new RunFolderError(
        `init.fitted: ${asCaller(path)} holds weights alone, no tokenizer or labels; leave it out, or name the folder of a model`,
      );
    }
    const weights = { tensors: file.tensors, rowNames: new Map() };
    return { options, files: undefined, weights, hashes: { [path]: file.hash } };
  }
  const found = findRun(options.from, callerFolder());
  const files = await readModelFolder(found.model);
  if (found.run !== undefined) await requireOwnModel(runPaths(found.run));
  const { plan, task } = describeModel(files, { tasks });
  const pipeline = await plan.load(files);
  const shared = task.name === own.name ? undefined : pipeline.forOtherTasks;
  const { tensors } = decodeSafetensors(files.get(WEIGHTS_FILE)!, WEIGHTS_FILE);
  const manifest = join(found.model, MANIFEST_FILE);
  return {
    options: options.map === undefined && shared !== undefined ? { ...options, map: mapTo(shared) } : options,
    files,
    weights: { tensors, rowNames: pipeline.rowNames() },
    hashes: { [manifest]: sha256(files.get(MANIFEST_FILE)!) },
  };
}

/** Each name as itself. */
function mapTo(patterns: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(patterns.map((pattern) => [pattern, pattern]));
}

/** @throws {TransferError} if something does not fit */
export function initModel(
  { weights, options }: InitSource,
  model: Pick<TaskModel, "parameters" | "buffers">,
  own: Pick<Pipeline, "rowNames">,
): Transfer {
  const parameters = new Map([...model.parameters(), ...(model.buffers?.() ?? [])]);
  return transferWeights(weights, { parameters, rowNames: own.rowNames() }, options);
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
