/** Makes models: of a list of layers, or of any graph of them. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import type { Predictions } from "../data/predictions.ts";
import { ModelError } from "../errors.ts";
import { Graph } from "../graph/graph.ts";
import type { Layer } from "../graph/layer.ts";
import { SymbolicTensor } from "../graph/symbolic.ts";
import { Model } from "./model.ts";

export interface SequentialOptions {
  /** Default `sequential`. */
  readonly name?: string | undefined;
}

const sequentialOptionNames: OptionNames<SequentialOptions> = { name: true };

/** A model whose layers follow each other. */
export function sequential(
  layers: readonly (Layer<unknown> | SymbolicTensor)[] = [],
  options: SequentialOptions = {},
): Model {
  if (!Array.isArray(layers)) throw new ModelError(`sequential: expected a list of layers, got ${typeof layers}`);
  requireKnownOptions("sequential", options, sequentialOptionNames);
  const { name = "sequential" } = options;
  const model = new Model(name, [], false);
  for (const layer of layers) model.add(layer);
  return model;
}

export interface ModelOptions<Outputs> {
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  readonly outputs: Outputs;
  /** Default `model`. */
  readonly name?: string | undefined;
}

const modelOptionNames: OptionNames<ModelOptions<unknown>> = { inputs: true, outputs: true, name: true };

/** A model of any graph of layers, from its inputs to its outputs. @throws {ModelError} if an output needs another input */
export function model<const Outputs extends SymbolicTensor | readonly SymbolicTensor[]>(
  options: ModelOptions<Outputs>,
): Model<Outputs extends readonly SymbolicTensor[] ? readonly Predictions[] : Predictions> {
  requireKnownOptions("model", options, modelOptionNames);
  const { inputs, outputs, name = "model" } = options;
  requireSymbolic("inputs", inputs);
  requireSymbolic("outputs", outputs);
  return new Model(name, new Graph([inputs].flat(), [outputs].flat() as SymbolicTensor[]), Array.isArray(outputs));
}

function requireSymbolic(option: string, tensors: unknown): void {
  const stranger = [tensors].flat().find((tensor) => !(tensor instanceof SymbolicTensor));
  if ([tensors].flat().length > 0 && stranger === undefined && tensors !== undefined) return;
  throw new ModelError(
    `model: expected ${option} to be tensors that input() or a layer's apply() gave, got ${Array.isArray(stranger) ? "a list" : typeof stranger}`,
  );
}
