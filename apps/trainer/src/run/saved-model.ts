/** The folder of a saved model: weights, tokenizer, labels and config, and nothing of the machine that made them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type PlainMap, sha256, writeFileAtomic, writeJsonAtomic } from "@cellstate/files";
import { buildBlank, loadStateDict, type Module, stateDict } from "@cellstate/lstm-core";
import type { ModelFiles } from "@cellstate/tasks";
import { decodeSafetensors, encodeSafetensors, Rng, type Session } from "@cellstate/tensor";
import { RunFolderError } from "../errors.ts";
import type { ModelData } from "../train/load-data.ts";
import type { LiveModel } from "../train/score.ts";
import { taskOf } from "../train/task-of.ts";
import { formatVersion, readVersioned } from "./versioned.ts";

const weightsName = "model.safetensors";
const configName = "config.json";

export interface SavedWeights {
  readonly modelBytes: number;
  readonly weightsSha256: string;
}

/** Writes a model's folder; the config comes last, so a folder with a config is whole. */
export function saveModel(
  folder: string,
  { model, files, config }: { model: Module; files: ModelFiles; config: Readonly<Record<string, unknown>> },
): SavedWeights {
  const bytes = encodeSafetensors(stateDict(model), { format: "cellstate", gates: "input, forget, candidate, output" });
  writeFileAtomic(join(folder, weightsName), bytes);
  for (const [name, text] of files) writeFileAtomic(join(folder, name), text);
  writeJsonAtomic(join(folder, configName), { formatVersion, ...config });
  return { modelBytes: bytes.length, weightsSha256: sha256(bytes) };
}

/** A model read back, ready to predict. */
export interface LoadedModel extends LiveModel {
  /** The resolved config of the run that made it. */
  readonly values: PlainMap;
  readonly data: ModelData;
}

/** `config.json` of a model's folder. @throws {RunFolderError} if the folder holds no whole model */
export function readModelConfig(folder: string): PlainMap {
  for (const name of [configName, weightsName]) {
    if (!existsSync(join(folder, name))) {
      throw new RunFolderError(
        `${folder} holds no saved model: ${name} is missing; a run saves its model when it is finished ` +
          "(cellstate train --resume goes on with an interrupted one)",
      );
    }
  }
  return readVersioned(join(folder, configName));
}

/**
 * Restores a model from its folder alone.
 *
 * @param changes  values that replace those of the saved config, such as `search`
 * @throws {RunFileError | SafetensorsError | StateDictError} if a file is damaged
 */
export function loadModel(folder: string, session: Session, changes: PlainMap = {}): LoadedModel {
  const values = { ...readModelConfig(folder), ...changes };
  const { task, config } = taskOf(values);
  const files = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".json") && name !== configName) files.set(name, readFileSync(join(folder, name), "utf8"));
  }
  const fitted = task.load(config, files);
  const weights = join(folder, weightsName);
  const { tensors } = decodeSafetensors(readFileSync(weights), weights);
  const model = buildBlank(session, () => task.buildModel(config, fitted, session, new Rng(0)));
  loadStateDict(model, tensors);
  return { task, config, fitted, model, session, values, data: values.data as ModelData };
}
