/** Compares what a run and its repetition ended with: weights, all else of the model, predictions, scores. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MANIFEST_FILE, type Manifest, parseManifest, WEIGHTS_FILE } from "@cellstate/tasks";
import { RunFileError } from "../../errors.ts";
import type { RunPaths } from "../../run/folder.ts";
import { readResultFile } from "../../run/result.ts";
import { readRunManifest } from "../../run/run-manifest.ts";
import { Difference } from "./difference.ts";

/** How much was compared. */
export interface ComparedFiles {
  /** Lines of the log. */
  readonly lines: number;
  /** Files of the model. */
  readonly model: number;
  /** Files of predictions. */
  readonly predictions: number;
}

/** @throws {Difference} naming the first file of which the bytes differ */
export async function requireSameFiles(run: RunPaths, again: RunPaths): Promise<Omit<ComparedFiles, "lines">> {
  const model = compareManifests("model/", await modelManifest(run), await modelManifest(again));
  const predictions = compareManifests("", await predictionsOf(run), await predictionsOf(again));
  const [before, after] = [readResultFile(run.result), readResultFile(again.result)];
  for (const key of ["metrics", "parts", "baselines", "steps", "epochs", "parameters"] as const) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) throw new Difference(`result.json: ${key} differ`);
  }
  return { model, predictions };
}

/** The files of two manifests, the weights first. */
function compareManifests(folder: string, before: Manifest, after: Manifest): number {
  const names = [...new Set([WEIGHTS_FILE, ...Object.keys(before), ...Object.keys(after)])];
  const there = names.filter((name) => Object.hasOwn(before, name) || Object.hasOwn(after, name));
  for (const name of there) {
    const [was, is] = [before[name], after[name]];
    if (is === undefined) throw new Difference(`${folder}${name}: is in the run, and not here`);
    if (was === undefined) throw new Difference(`${folder}${name}: is not in the run`);
    if (was.sha256 === is.sha256) continue;
    throw new Difference(
      `${folder}${name}: its SHA-256 is ${was.sha256.slice(0, 12)}… in the run, ${is.sha256.slice(0, 12)}… here`,
    );
  }
  return there.length;
}

async function modelManifest({ model }: RunPaths): Promise<Manifest> {
  const path = join(model, MANIFEST_FILE);
  const { files, fault } = existsSync(path) ? await parseManifest(readFileSync(path)) : { fault: "is missing" };
  if (files === undefined) throw new RunFileError(path, fault);
  return files;
}

async function predictionsOf({ manifest }: RunPaths): Promise<Manifest> {
  const files = Object.entries(await readRunManifest(manifest));
  return Object.fromEntries(files.filter(([name]) => name.startsWith("predictions/")));
}
