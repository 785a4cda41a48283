/** The network of an imported model: read from its file, and built at zero for its weights. */
import type { Model, ModelConfig } from "@cellstate/layers";
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

/** A network that is described, and can be built. */
export interface Network {
  readonly config: ModelConfig;
  /** The network at zero; its weights are loaded next. @throws {ModelFilesError} if its layers do not fit together */
  build(session: Session): Model<unknown>;
}

/**
 * Reads the file, and loads the layers: most pages open other models and need none of them.
 *
 * @throws {ModelFilesError} if the file is missing or malformed
 */
export async function readNetwork(files: FileContents): Promise<Network> {
  const config = readJson(files, NETWORK_FILE, networkFile, MODEL_FORMAT_VERSION) as unknown as ModelConfig;
  const { modelFromConfig } = await import("@cellstate/layers");
  return { config, build: (session) => refusingByFile(() => modelFromConfig(config).buildBlank(session)) };
}

export function encodeNetwork(network: ModelConfig): Uint8Array {
  return encodeJson({ formatVersion: MODEL_FORMAT_VERSION, ...network });
}

function refusingByFile<Built>(build: () => Built): Built {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof Error) || !LAYER_ERRORS.includes(error.name)) throw error;
    throw new ModelFilesError(NETWORK_FILE, error.message, { cause: error });
  }
}

const LAYER_ERRORS: readonly string[] = ["DataError", "ModelError", "OptionError", "ShapeError"];
