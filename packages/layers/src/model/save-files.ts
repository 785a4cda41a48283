/** A model as files by name: its layers as JSON, its weights as safetensors, by Keras's names and in its layout. */
import { encodeSafetensors, type TensorData } from "@cellstate/tensor";
import type { Graph } from "../graph/graph.ts";
import { type NumberedGraph, numberedGraph } from "../graph/numbered-graph.ts";
import { type LayerConfig, layerConfig } from "../layers/registry.ts";
import type { WeightValues } from "../weights/weight.ts";

export const CONFIG_FILE = "config.json";
export const WEIGHTS_FILE = "model.safetensors";
export const FORMAT = 1;

/** The architecture of a model as plain JSON. */
export interface ModelConfig extends NumberedGraph<LayerConfig> {
  readonly format: typeof FORMAT;
  readonly name: string;
  /** Whether the model is a list of layers. */
  readonly isSequential: boolean;
  /** Whether it predicts a list of outputs. */
  readonly hasOutputList: boolean;
}

export function saveFiles(config: ModelConfig, weights: readonly WeightValues[]): Map<string, Uint8Array> {
  const tensors = new Map<string, TensorData>();
  for (const { name, shape, data } of weights) tensors.set(name, { dtype: "float32", shape: [...shape], data });
  return new Map([
    [CONFIG_FILE, new TextEncoder().encode(`${JSON.stringify(config, undefined, 2)}\n`)],
    [WEIGHTS_FILE, encodeSafetensors(tensors)],
  ]);
}

export function configOf(
  about: Pick<ModelConfig, "name" | "isSequential" | "hasOutputList">,
  graph: Graph,
): ModelConfig {
  return { format: FORMAT, ...about, ...graphConfig(graph) };
}

/** The layers of a graph and how they are connected. @throws {ModelError} if an option is a function */
export function graphConfig(graph: Graph): NumberedGraph<LayerConfig> {
  const numbered = numberedGraph(graph);
  return { ...numbered, layers: numbered.layers.map(layerConfig) };
}
