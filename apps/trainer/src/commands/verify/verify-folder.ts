/** Compares all that a run or a model folder holds with the hashes that it carries. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FileFault } from "@cellstate/tasks";
import { CheckpointError, isCheckpointName, readCheckpoint } from "@cellstate/training/checkpoint";
import { RunFileError } from "../../errors.ts";
import { callerFolder } from "../../paths.ts";
import { alteredFault, type ConfigLock, readLockFile } from "../../run/config-lock.ts";
import { findRun, type RunPaths, runPaths } from "../../run/folder.ts";
import { damagedLines, readMetricsLog } from "../../run/metrics-log.ts";
import { inspectModelFolder } from "../../run/model-folder.ts";
import { readResultFile } from "../../run/result.ts";
import { readRunManifest, runFaults } from "../../run/run-manifest.ts";

/** What was found in a folder. */
export interface Verification {
  readonly folder: string;
  readonly kind: "run" | "model";
  /** Whether a run came to its end; a model always has all it will have. */
  readonly finished: boolean;
  /** Files that were looked at, relative to the folder, in the order in which they were. */
  readonly files: readonly string[];
  readonly faults: readonly FileFault[];
  /** Steps of the whole checkpoints, the last one first. */
  readonly checkpoints: readonly number[];
}

/** Verifies what `<run|model>` names. @throws {RunFolderError} if it names nothing */
export async function verifyFolder(name: string): Promise<Verification> {
  const direct = resolve(callerFolder(), name);
  const { run, model } = holdsRun(direct) ? { run: direct, model: "" } : findRun(name, callerFolder());
  return run === undefined ? await verifyModel(model) : await verifyRun(runPaths(run));
}

/** Whether a folder is that of a run, even without its lock. */
function holdsRun(folder: string): boolean {
  const { lock, result, metrics, checkpoints } = runPaths(folder);
  return [lock, result, metrics, checkpoints].some((path) => existsSync(path));
}

async function verifyModel(folder: string): Promise<Verification> {
  const { files, faults } = await inspectModelFolder(folder);
  return { folder, kind: "model", finished: true, files: namesOf(files.keys(), faults), faults, checkpoints: [] };
}

async function verifyRun(paths: RunPaths): Promise<Verification> {
  // The result is the last file that a run writes, right behind its manifest.
  const finished = existsSync(paths.result) || existsSync(paths.manifest);
  const { configHash, ...lock } = lockPart(paths);
  const parts: Part[] = [lock];
  if (finished) parts.push(await sealedPart(paths), await modelPart(paths));
  else parts.push(metricsPart(paths));
  const { steps, ...checkpoints } = await checkpointsPart(paths, configHash);
  parts.push(checkpoints);
  // A file may be named by its contents and by its hash: the first says more.
  const faults = new Map<string, FileFault>();
  for (const fault of parts.flatMap((part) => part.faults)) if (!faults.has(fault.file)) faults.set(fault.file, fault);
  return {
    folder: paths.folder,
    kind: "run",
    finished,
    files: namesOf(
      parts.flatMap((part) => part.files),
      [...faults.values()],
    ),
    faults: [...faults.values()],
    checkpoints: steps,
  };
}

/** Some files of a run and what is wrong with them. */
interface Part {
  readonly files: readonly string[];
  readonly faults: readonly FileFault[];
}

function lockPart(paths: RunPaths): Part & { readonly configHash?: string } {
  const file = "config.lock.json";
  const files = [file, "config.yaml"];
  let lock: ConfigLock;
  try {
    const { lock: found, broken } = readLockFile(paths.lock);
    if (broken.length > 0) return { files, faults: [{ file, fault: alteredFault(broken) }] };
    lock = found;
  } catch (error) {
    return { files, faults: [faultOf(file, error)] };
  }
  const { configHash, configText } = lock;
  if (!existsSync(paths.config)) return { files, configHash, faults: [{ file: "config.yaml", fault: "is missing" }] };
  if (readFileSync(paths.config, "utf8") === configText) return { files, configHash, faults: [] };
  return { files, configHash, faults: [{ file: "config.yaml", fault: "is not the file that the run began with" }] };
}

/** What the manifest of a finished run lists. */
async function sealedPart(paths: RunPaths): Promise<Part> {
  const faults: FileFault[] = [];
  try {
    readResultFile(paths.result);
  } catch (error) {
    faults.push(faultOf("result.json", error));
  }
  try {
    const manifest = await readRunManifest(paths.manifest);
    faults.push(...(await runFaults(paths.folder, manifest)));
    return { files: ["manifest.json", ...Object.keys(manifest)], faults };
  } catch (error) {
    return { files: ["manifest.json"], faults: [...faults, faultOf("manifest.json", error)] };
  }
}

async function modelPart(paths: RunPaths): Promise<Part> {
  const inRun = (file: string) => `model/${file}`;
  if (!existsSync(paths.model)) return { files: [], faults: [{ file: "model", fault: "is missing" }] };
  const { files, faults } = await inspectModelFolder(paths.model);
  return {
    files: [...files.keys()].map(inRun),
    faults: faults.map(({ file, fault }) => ({ file: inRun(file), fault })),
  };
}

/** The log of a run that has not finished, which no manifest lists yet. */
function metricsPart(paths: RunPaths): Part {
  if (!existsSync(paths.metrics)) return { files: [], faults: [] };
  const file = "metrics.jsonl";
  const { damaged } = readMetricsLog(paths.metrics);
  const faults = damaged.length === 0 ? [] : [{ file, fault: damagedLines(damaged) }];
  return { files: [file], faults };
}

async function checkpointsPart(
  paths: RunPaths,
  configHash: string | undefined,
): Promise<Part & { readonly steps: readonly number[] }> {
  const names = existsSync(paths.checkpoints) ? readdirSync(paths.checkpoints).filter(isCheckpointName).sort() : [];
  const steps: number[] = [];
  const faults: FileFault[] = [];
  for (const name of names) {
    try {
      steps.unshift((await readCheckpoint(join(paths.checkpoints, name), configHash)).step);
    } catch (error) {
      faults.push(faultOf(`checkpoints/${name}`, error));
    }
  }
  return { files: names.map((name) => `checkpoints/${name}`), faults, steps };
}

function faultOf(file: string, error: unknown): FileFault {
  if (error instanceof RunFileError || error instanceof CheckpointError) return { file, fault: error.fault };
  throw error;
}

function namesOf(files: Iterable<string>, faults: readonly FileFault[]): string[] {
  return [...new Set([...files, ...faults.map(({ file }) => file)])];
}
