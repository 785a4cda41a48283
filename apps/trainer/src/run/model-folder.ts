/** The folder of a saved model, written from files by name and read back as such, compared with its manifest. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256, writeFileAtomic } from "@cellstate/files";
import {
  type FileContents,
  type FileFault,
  faultsOf,
  MANIFEST_FILE,
  MODEL_CONFIG_FILE,
  parseManifest,
  sealFiles,
  WEIGHTS_FILE,
} from "@cellstate/tasks";
import { RunFileError, RunFolderError } from "../errors.ts";

/** What `result.json` says of the weights. */
export interface SavedWeights {
  readonly modelBytes: number;
  readonly weightsSha256: string;
}

/** Writes a model's folder; the manifest comes last, so a folder with a manifest is whole. */
export function writeModelFolder(folder: string, files: FileContents): SavedWeights {
  for (const [name, bytes] of files) writeFileAtomic(join(folder, name), bytes);
  const weights = files.get(WEIGHTS_FILE) ?? new Uint8Array();
  return { modelBytes: weights.length, weightsSha256: sha256(weights) };
}

/** Adds a file to a model's folder that is whole, and to its manifest. */
export async function addToModelFolder(folder: string, files: FileContents, name: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const sealed = await sealFiles(new Map([...files, [name, bytes]]));
  for (const changed of [name, MANIFEST_FILE]) writeFileAtomic(join(folder, changed), sealed.get(changed)!);
}

/** Whether a folder holds a model, be it whole or not. */
export function holdsModel(folder: string): boolean {
  return [MANIFEST_FILE, MODEL_CONFIG_FILE, WEIGHTS_FILE].some((name) => existsSync(join(folder, name)));
}

/**
 * The files of a saved model, each as its manifest says.
 *
 * @throws {RunFolderError} if the folder holds no model
 * @throws {RunFileError} naming the first file that is missing, damaged, or not part of the model
 */
export async function readModelFolder(folder: string): Promise<FileContents> {
  if (!holdsModel(folder)) {
    throw new RunFolderError(
      `${folder} holds no saved model; a run saves its model when it is finished ` +
        "(cellstate train --resume goes on with an interrupted one)",
    );
  }
  const { files, faults } = await inspectModelFolder(folder);
  const [first] = faults;
  if (first !== undefined) throw new RunFileError(join(folder, first.file), `${first.fault}${advice(first)}`);
  return files;
}

/** What a model's folder holds, and what is wrong with it: at most one fault a file. */
export async function inspectModelFolder(
  folder: string,
): Promise<{ readonly files: FileContents; readonly faults: readonly FileFault[] }> {
  const found = namesIn(folder);
  const manifestPath = join(folder, MANIFEST_FILE);
  if (!isFile(manifestPath)) return { files: new Map(), faults: [{ file: MANIFEST_FILE, fault: "is missing" }] };
  const { files: manifest, fault } = await parseManifest(readFileSync(manifestPath));
  if (fault !== undefined) return { files: new Map(), faults: [{ file: MANIFEST_FILE, fault }] };
  const listed = new Set([MANIFEST_FILE, ...Object.keys(manifest)]);
  const whole = [...listed].filter((name) => isFile(join(folder, name)));
  const files = new Map(whole.map((name) => [name, readFileSync(join(folder, name))]));
  const extra = found.filter((name) => !listed.has(name)).map((name) => [name, new Uint8Array()] as const);
  return { files, faults: await faultsOf(manifest, new Map([...files, ...extra])) };
}

/** Hidden files do not count: file managers leave some everywhere. */
function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort();
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function advice({ file, fault }: FileFault): string {
  if (fault !== "is missing") return "";
  if (file !== MANIFEST_FILE) return "; copy the whole model folder again";
  return (
    "; the folder was not copied whole, or its run has not finished (cellstate train --resume goes on with it), " +
    "or an earlier Cellstate saved it (train the model again)"
  );
}
