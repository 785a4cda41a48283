/** Opens what `model.save()` gave: the same layers with the same weights. */
import { decodeSafetensors } from "@cellstate/tensor";
import { DataError } from "../errors.ts";
import type { TensorPlace } from "../graph/numbered-graph.ts";
import type { SymbolicTensor } from "../graph/symbolic.ts";
import { layerFromConfig } from "../layers/registry.ts";
import { model, sequential } from "./create-model.ts";
import type { BuildOptions, Model } from "./model.ts";
import { CONFIG_FILE, FORMAT, type ModelConfig, WEIGHTS_FILE } from "./save-files.ts";

/**
 * Opens a saved model.
 *
 * @param files  what `model.save()` gave, by name
 * @throws {DataError} if a file is missing or damaged, or the weights do not fit
 */
export async function loadModel(
  files: ReadonlyMap<string, Uint8Array>,
  options: BuildOptions = {},
): Promise<Model<unknown>> {
  const opened = modelFromConfig(readConfig(files));
  await opened.build(options);
  const bytes = files.get(WEIGHTS_FILE);
  if (bytes === undefined)
    throw new DataError(`loadModel: expected a file ${WEIGHTS_FILE} among ${[...files.keys()].join(", ")}`);
  const { tensors } = decodeSafetensors(bytes, WEIGHTS_FILE);
  const wanted = opened.getWeights();
  const missing = wanted.filter(({ name, shape }) => tensors.get(name)?.shape.join() !== shape.join());
  if (missing.length > 0) {
    const list = missing.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ");
    throw new DataError(`loadModel: ${WEIGHTS_FILE} lacks weights of these names and shapes: ${list}`);
  }
  opened.setWeights(wanted.map(({ name }) => tensors.get(name)!.data));
  return opened;
}

function readConfig(files: ReadonlyMap<string, Uint8Array>): unknown {
  if (!(files instanceof Map))
    throw new DataError(`loadModel: expected a Map of files by name, as model.save() gives it, got ${typeof files}`);
  const bytes = files.get(CONFIG_FILE);
  if (bytes === undefined)
    throw new DataError(`loadModel: expected a file ${CONFIG_FILE} among ${[...files.keys()].join(", ")}`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new DataError(`loadModel: ${CONFIG_FILE} is no JSON: ${(error as Error).message}`);
  }
}

/**
 * The model of an architecture that `model.config()` gave; it has no weights before it is built.
 *
 * @throws {DataError | OptionError | ModelError} if it is none, or its layers do not fit together
 */
export function modelFromConfig(given: unknown): Model<unknown> {
  const config = (given ?? {}) as Partial<ModelConfig>;
  if (config.format !== FORMAT)
    throw new DataError(`loadModel: expected ${CONFIG_FILE} of format ${FORMAT}, got ${String(config.format)}`);
  const lists = [config.layers, config.nodes, config.inputs, config.outputs];
  if (!lists.every(Array.isArray))
    throw new DataError(`loadModel: ${CONFIG_FILE} lacks layers, nodes, inputs or outputs`);
  return openGraph(config as ModelConfig);
}

/** Applies the layers again, in their order. */
function openGraph({ name, isSequential, hasOutputList, ...saved }: ModelConfig): Model<unknown> {
  const layers = saved.layers.map(layerFromConfig);
  if (isSequential) return sequential(layers, { name });
  const outputsOf: (readonly SymbolicTensor[])[] = [];
  const find = ([node, output]: TensorPlace): SymbolicTensor => {
    const tensor = outputsOf[node]?.[output];
    if (tensor === undefined)
      throw new DataError(`loadModel: ${CONFIG_FILE} reads output ${output} of node ${node}, which is not before it`);
    return tensor;
  };
  for (const { layer: number, inputs } of saved.nodes) {
    const layer = layers[number];
    if (layer === undefined) throw new DataError(`loadModel: ${CONFIG_FILE} names layer ${number} of ${layers.length}`);
    outputsOf.push(layer.applyAll(inputs.map(find)));
  }
  const outputs = saved.outputs.map(find);
  return model({
    inputs: saved.inputs.map(find),
    outputs: hasOutputList ? outputs : outputs[0]!,
    name,
  }) as Model<unknown>;
}
