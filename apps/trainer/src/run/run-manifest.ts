/** `manifest.json` of a finished run: sizes and hashes of all that it keeps, but for checkpoints, which carry their own. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { hashFile, writeFileAtomic } from "@cellstate/files";
import {
  encodeManifest,
  type FileFault,
  type FileSeal,
  hashFault,
  MANIFEST_FILE,
  type Manifest,
  parseManifest,
  sealOf,
  sizeFault,
} from "@cellstate/tasks";
import { RunFileError } from "../errors.ts";
import type { RunPaths } from "./folder.ts";

/**
 * Seals a run before its result is written, which marks it as finished.
 *
 * @param result  what `result.json` will hold
 */
export async function writeRunManifest(paths: RunPaths, result: string): Promise<void> {
  const seals: Record<string, FileSeal> = {};
  for (const path of keptFiles(paths)) seals[nameOf(paths, path)] = await sealFile(path);
  seals[nameOf(paths, paths.result)] = await sealOf(new TextEncoder().encode(result));
  writeFileAtomic(paths.manifest, await encodeManifest(seals));
}

/** What a run keeps to the end; its model is there by its own manifest. */
function keptFiles(paths: RunPaths): string[] {
  const all = existsSync(paths.predictions) ? readdirSync(paths.predictions) : [];
  const predictions = all.filter((name) => !name.startsWith("."));
  return [
    paths.config,
    paths.lock,
    paths.metrics,
    ...[paths.metricsCsv, paths.events, paths.dataLines, paths.start].filter(isFile),
    paths.report,
    join(paths.model, MANIFEST_FILE),
    ...predictions.sort().map((name) => join(paths.predictions, name)),
  ];
}

function nameOf({ folder }: RunPaths, path: string): string {
  return relative(folder, path).split(sep).join("/");
}

async function sealFile(path: string): Promise<FileSeal> {
  return { sha256: await hashFile(path), bytes: statSync(path).size };
}

/** What the manifest of a run says. @throws {RunFileError} if it is missing or damaged */
export async function readRunManifest(path: string): Promise<Manifest> {
  const { files, fault } = isFile(path) ? await parseManifest(readFileSync(path)) : { fault: "is missing" };
  if (files === undefined) throw new RunFileError(path, fault);
  return files;
}

/** What contradicts the manifest of a run among the files that it lists. */
export async function runFaults(folder: string, manifest: Manifest): Promise<FileFault[]> {
  const faults: FileFault[] = [];
  for (const [file, seal] of Object.entries(manifest)) {
    const fault = await faultOf(join(folder, file), seal);
    if (fault !== undefined) faults.push({ file, fault });
  }
  return faults;
}

/** @throws {RunFileError} unless the file is as the manifest beside it says */
export async function requireSealed(path: string): Promise<void> {
  const folder = dirname(path);
  const manifest = await readRunManifest(join(folder, MANIFEST_FILE));
  const name = relative(folder, path);
  const seal = Object.hasOwn(manifest, name) ? manifest[name] : undefined;
  const fault = seal === undefined ? `is not listed in ${MANIFEST_FILE}` : await faultOf(path, seal);
  if (fault !== undefined) throw new RunFileError(path, fault);
}

/**
 * Whether a model folder is the one that its run saved, and not another's with a manifest of its own.
 *
 * @throws {RunFileError} if the run is finished and says otherwise
 */
export async function requireOwnModel(paths: RunPaths): Promise<void> {
  const path = join(paths.model, MANIFEST_FILE);
  if (!isFile(paths.result) || !isFile(path)) return;
  const seal = (await readRunManifest(paths.manifest))[nameOf(paths, path)];
  if (seal === undefined || (await faultOf(path, seal)) === undefined) return;
  throw new RunFileError(
    path,
    `is not the one that this run saved (${MANIFEST_FILE} of the run says so); put the run's own model folder back, or name the model folder instead of the run`,
  );
}

async function faultOf(path: string, seal: FileSeal): Promise<string | undefined> {
  if (!isFile(path)) return "is missing";
  const { bytes, sha256 } = await sealFile(path);
  if (bytes !== seal.bytes) return sizeFault(seal.bytes, bytes);
  return sha256 === seal.sha256 ? undefined : hashFault(seal.sha256, sha256);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
