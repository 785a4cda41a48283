/** What a model consists of, for those who write it in another format. */
import type { Activation } from "@cellstate/lstm-core";
import type { Tensor } from "@cellstate/tensor";
import type { Graph } from "../graph/graph.ts";
import type { Layer } from "../graph/layer.ts";
import type { TensorPlace } from "../graph/numbered-graph.ts";
import { plainName } from "../layers/activate.ts";
import { innerLayers, type LayerConfig, layerConfig } from "../layers/registry.ts";
import { planSteps, shapeIn } from "../layers/time-distributed.ts";
import type { LayerShape } from "../shape.ts";
import { graphConfig } from "./save-files.ts";

/** An application of a layer. */
export interface NetworkNode {
  readonly layer: number;
  readonly inputs: readonly TensorPlace[];
  readonly outputs: readonly LayerShape[];
  /** Of a TimeDistributed: what it does at each step. */
  readonly steps?: StepNetwork;
}

/** What a TimeDistributed does at each step, for the shape that it is applied to. */
export interface StepNetwork {
  /** Each layer once, with what the names of its weights begin with behind that of the TimeDistributed. */
  readonly layers: readonly (LayerConfig & { readonly prefix: string })[];
  /** As those of the model; undefined stands for the step itself. */
  readonly nodes: readonly (NetworkNode | undefined)[];
  readonly outputs: readonly TensorPlace[];
}

/** A model as data: its layers, how they are connected, and its weights. */
export interface LayersNetwork {
  /** Each layer once; its activations go by the names of `@cellstate/lstm-core`. */
  readonly layers: readonly LayerConfig[];
  /** Applications in order: the number of the layer, what it reads, and the shapes of its outputs, without the axis of the batch. */
  readonly nodes: readonly NetworkNode[];
  /** By the names of their layers; `isIds` where all that read an input are embeddings. */
  readonly inputs: readonly { readonly name: string; readonly place: TensorPlace; readonly isIds: boolean }[];
  /** By the names of the layers that give them. */
  readonly outputs: readonly { readonly name: string; readonly place: TensorPlace }[];
  /**
   * All weights, by layer and weight, such as `lstm/kernel`, where they lie: matrices `[outputs, inputs]`, rows of gates as in PyTorch.
   * Where Keras's weight is several tensors, they are numbered, as the two biases of a GRU are: `gru/bias.0` and `gru/bias.1`.
   */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

export function networkOf(graph: Graph, parameters: ReadonlyMap<string, Tensor>): LayersNetwork {
  const { layers, nodes, inputs, outputs } = graphConfig(graph);
  return {
    layers: layers.map(withPlainNames),
    nodes: nodes.map((node, at) => {
      const { layer, inputs: read, outputs: given } = graph.nodes[at]!;
      const steps = stepsOf(
        layer,
        read.map(({ shape }) => shape),
      );
      return { ...node, outputs: given.map(({ shape }) => shape), ...steps };
    }),
    inputs: inputs.map((place, at) => ({
      name: graph.inputs[at]!.node.layer.name,
      place,
      isIds: graph.idInputs[at]!,
    })),
    outputs: outputs.map((place, at) => ({ name: graph.outputs[at]!.node.layer.name, place })),
    parameters,
  };
}

function stepsOf(layer: Layer<unknown>, [input]: readonly LayerShape[]): { readonly steps?: StepNetwork } {
  if (layer.className !== "TimeDistributed") return {};
  const shape = input!.slice(1);
  const plan = planSteps(layer.options, shape, layer.title);
  const nodes = plan.applications.map((application): NetworkNode | undefined => {
    if (application === undefined) return undefined;
    const { member, inputs, outputs } = application;
    const steps = stepsOf(
      member.layer,
      inputs.map((place) => shapeIn(plan, shape, place)),
    );
    return { layer: plan.members.indexOf(member), inputs, outputs, ...steps };
  });
  const layers = plan.members.map((member) => ({
    ...withPlainNames(layerConfig(member.layer)),
    prefix: member.prefix,
  }));
  return { steps: { layers, nodes, outputs: plan.outputs } };
}

const ACTIVATIONS: ReadonlySet<string> = new Set(["activation", "recurrentActivation"]);

function withPlainNames({ className, options }: LayerConfig): LayerConfig {
  const plain = Object.entries(options).map(([option, value]) => {
    if (ACTIVATIONS.has(option)) return [option, plainName(value as Activation)];
    return [option, innerLayers(option, value, withPlainNames)];
  });
  return { className, options: Object.fromEntries(plain) };
}
