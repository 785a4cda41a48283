/** The network of an imported model: read from its file, and built at zero for its weights. */
import { type Model, type ModelConfig, modelFromConfig } from "@cellstate/layers";
import type { Session } from "@cellstate/tensor";
import { z } from "zod";
import { ModelFilesError } from "../errors.ts";
import { encodeJson, readJson } from "../file-contents.ts";
import type { FileContents } from "../task.ts";
import { MODEL_FORMAT_VERSION } from "../versioned.ts";
import { NETWORK_FILE } from "./files.ts";

const place = z.tuple([z.int().min(0), z.int().min(0)]);
const layer = z.looseObject({ className: z.string(), options: z.looseObject({}) });
/** What `model.config()` of `@cellstate/layers` gives; its layers check their own options. */
const networkFile = z.looseObject({
  layers: z.array(layer),
  nodes: z.array(z.looseObject({ layer: z.int().min(0), inputs: z.array(place) })),
  inputs: z.array(place).length(1),
  outputs: z.array(place).length(1),
});

/** @throws {ModelFilesError} if the file is missing or malformed */
export function readNetwork(files: FileContents): ModelConfig {
  return readJson(files, NETWORK_FILE, networkFile, MODEL_FORMAT_VERSION) as unknown as ModelConfig;
}

export function encodeNetwork(network: ModelConfig): Uint8Array {
  return encodeJson({ formatVersion: MODEL_FORMAT_VERSION, ...network });
}

/** The network at zero; its weights are loaded next. @throws {ModelFilesError} if its layers do not fit together */
export function buildNetwork(config: ModelConfig, session: Session): Model<unknown> {
  try {
    return modelFromConfig(config).buildBlank(session);
  } catch (error) {
    if (!(error instanceof Error) || !LAYER_ERRORS.includes(error.name)) throw error;
    throw new ModelFilesError(NETWORK_FILE, error.message, { cause: error });
  }
}

const LAYER_ERRORS: readonly string[] = ["DataError", "ModelError", "OptionError", "ShapeError"];
