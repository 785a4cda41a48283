/** From the description of a model to its layers in `@cellstate/layers`, connected as the file says. */
import {
  input,
  type Layer,
  type LayerConfig,
  type LayerShape,
  layerFromConfig,
  type Model,
  model,
  type SymbolicTensor,
  timeDistributed,
} from "@cellstate/layers";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import type { LayerCall, LayerDescription, NetworkDescription, OutputReference } from "./network.ts";
import { networkIn } from "./weight-source.ts";

/** Which layer of a model is which of the file. */
type Pair = readonly [description: LayerDescription, layer: Layer<unknown>];

/** A model, and where each of its layers' weights come from. */
export interface BuiltNetwork {
  readonly model: Model<unknown>;
  /** For each layer the layers of the file that its weights are those of, in order: itself, or those that it applies to each step. */
  readonly sources: ReadonlyMap<Layer<unknown>, readonly Pair[]>;
}

/** @throws {ModelFormatError} if its layers do not fit together */
export function buildNetwork(network: NetworkDescription, file: string): BuiltNetwork {
  return buildWithin(network, file, undefined);
}

/** @param shape  of the input, where the file does not say it */
function buildWithin(network: NetworkDescription, file: string, shape: LayerShape | undefined): BuiltNetwork {
  const builder = new NetworkBuilder(file);
  const inputs = builder.inputsOf(network, shape);
  const outputs = builder.apply(network, inputs);
  const [only] = outputs;
  const { name } = network;
  const built = outputs.length === 1 ? model({ inputs, outputs: only!, name }) : model({ inputs, outputs, name });
  return { model: built as Model<unknown>, sources: builder.sources };
}

class NetworkBuilder {
  readonly sources = new Map<Layer<unknown>, readonly Pair[]>();
  /** Each layer once, however often it is called. */
  readonly #layers = new Map<LayerDescription, Layer<unknown>>();
  readonly #names = new Set<string>();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  inputsOf(network: NetworkDescription, shape: LayerShape | undefined): SymbolicTensor[] {
    if (network.kind === "functional") {
      return network.inputs.map(({ layer }) => {
        const description = network.layers.find(({ name }) => name === layer);
        return this.#input(description?.inputShape ?? shape, layer);
      });
    }
    const first = firstLayer(network);
    return [
      this.#input(first.inputShape ?? shape, first.className === "InputLayer" ? first.name : `${first.name}_input`),
    ];
  }

  #input(shape: readonly (number | null)[] | undefined, name: string): SymbolicTensor {
    if (shape === undefined) {
      throw new ModelFormatError(
        this.#file,
        `it does not say of what shape the input ${name} is; give its first layer an input_shape`,
      );
    }
    return input({ shape, name: this.#uniqueName(name) });
  }

  apply(network: NetworkDescription, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
    return network.kind === "functional" ? this.#applyGraph(network, inputs) : this.#applyChain(network, inputs);
  }

  #applyChain(network: NetworkDescription, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
    let tensors = [...inputs];
    for (const layer of network.layers) {
      if (layer.className !== "InputLayer") tensors = this.#call(layer, tensors, []);
    }
    return tensors;
  }

  /** Calls each layer as soon as all that it reads is there. */
  #applyGraph(network: NetworkDescription, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
    const known = new Map<string, readonly SymbolicTensor[]>();
    for (const [index, { layer, call }] of network.inputs.entries()) known.set(placeOf(layer, call), [inputs[index]!]);
    const isKnown = ({ layer, call }: OutputReference) => known.has(placeOf(layer, call));
    let waiting = network.layers.flatMap((layer) =>
      layer.calls.map((call, index) => ({ layer, call, place: placeOf(layer.name, index) })),
    );
    while (waiting.length > 0) {
      const ready = waiting.filter(({ call }) => [...call.inputs, ...call.initialState].every(isKnown));
      if (ready.length === 0) throw this.#stuck(waiting);
      for (const { layer, call, place } of ready) known.set(place, this.#callAt(layer, call, known));
      waiting = waiting.filter((one) => !ready.includes(one));
    }
    return network.outputs.map((reference) => this.#find(reference, known));
  }

  #stuck(waiting: readonly { readonly layer: LayerDescription }[]): ModelFormatError {
    const names = waiting.slice(0, 5).map(({ layer }) => layer.name);
    return new ModelFormatError(
      this.#file,
      `its layers ${names.join(", ")} read each other in a circle, or outputs that are not there`,
    );
  }

  #callAt(
    layer: LayerDescription,
    { inputs, initialState }: LayerCall,
    known: ReadonlyMap<string, readonly SymbolicTensor[]>,
  ): SymbolicTensor[] {
    const find = (reference: OutputReference) => this.#find(reference, known);
    return this.#call(layer, inputs.map(find), initialState.map(find));
  }

  #find(
    { layer, call, output }: OutputReference,
    known: ReadonlyMap<string, readonly SymbolicTensor[]>,
  ): SymbolicTensor {
    const tensor = known.get(placeOf(layer, call))?.[output];
    if (tensor !== undefined) return tensor;
    throw new ModelFormatError(
      this.#file,
      `output ${output} of call ${call} of layer ${layer} is read, and there is none`,
    );
  }

  #call(
    layer: LayerDescription,
    inputs: readonly SymbolicTensor[],
    initialState: readonly SymbolicTensor[],
  ): SymbolicTensor[] {
    this.#requireInputs(layer, inputs.length);
    if (layer.network !== undefined) return this.apply(layer.network, inputs);
    try {
      const made = this.#layer(layer, inputs);
      const outputs = made.apply(inputs, initialState.length === 0 ? {} : { initialState });
      return [outputs as SymbolicTensor | readonly SymbolicTensor[]].flat();
    } catch (error) {
      if (error instanceof Error && TAKEN_ERRORS.includes(error.name)) throw this.#refusal(layer, error);
      throw error;
    }
  }

  #requireInputs({ name, className, writtenClass, network }: LayerDescription, given: number): void {
    const wanted = network === undefined ? 1 : Math.max(1, network.inputs.length);
    const isRight = MANY_INPUTS.includes(className) ? given > 0 : given === wanted;
    if (isRight) return;
    const problem = `layer ${name} (${writtenClass}) reads ${given} tensors, expected ${wanted}`;
    throw new ModelFormatError(this.#file, problem);
  }

  /** What our layers do not take is either more than they can, or a contradiction in the file. */
  #refusal(layer: LayerDescription, error: Error): Error {
    const problem = `layer ${layer.name} (${layer.writtenClass}): ${error.message}`;
    if (error.name === "OptionError") return new UnsupportedModelError(this.#file, problem);
    return new ModelFormatError(this.#file, problem, { cause: error });
  }

  #layer(description: LayerDescription, inputs: readonly SymbolicTensor[]): Layer<unknown> {
    const known = this.#layers.get(description);
    if (known !== undefined) return known;
    const name = this.#uniqueName(description.name);
    const network = networkIn(description);
    const layer =
      network === undefined
        ? this.#plainLayer(description, name)
        : this.#steps(description.inner!, name, inputs[0]!.shape.slice(1));
    this.#layers.set(description, layer);
    if (network === undefined) this.sources.set(layer, [[description, layer]]);
    return layer;
  }

  #plainLayer(description: LayerDescription, name: string): Layer<unknown> {
    const config = configOf(description, name);
    return layerFromConfig(this.#ignoresMask(description) ? ignoringMask(config) : config);
  }

  /** A model, or steps of one, at each step. */
  #steps(inner: LayerDescription, name: string, shape: LayerShape): Layer<unknown> {
    const { model: each, sources } = buildWithin(networkOf(inner), this.#file, shape);
    const layer = timeDistributed(each, { name });
    // In the order of the model's layers, which is that of the wrapper's weights.
    this.sources.set(
      layer,
      each.layers.flatMap((one) => sources.get(one) ?? []),
    );
    return layer;
  }

  /** Whether all calls of a layer read masked steps too. */
  #ignoresMask({ name, writtenClass, calls }: LayerDescription): boolean {
    const ignoring = calls.filter((call) => call.ignoresMask).length;
    if (ignoring === 0 || ignoring === calls.length) return ignoring > 0;
    const problem = `layer ${name} (${writtenClass}) is called with a state and without one, which differ in how they read masks`;
    throw new UnsupportedModelError(this.#file, problem);
  }

  /** A model in a model may have layers of the same names. */
  #uniqueName(name: string): string {
    let unique = name;
    for (let count = 1; this.#names.has(unique); count++) unique = `${name}_${count}`;
    this.#names.add(unique);
    return unique;
  }
}

/** Layers of several inputs, which count them themselves. */
const MANY_INPUTS: readonly string[] = [
  ...["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"],
  ...["AdditiveAttention", "Attention", "MultiHeadAttention"],
];

const TAKEN_ERRORS: readonly string[] = ["OptionError", "ModelError", "DataError", "ShapeError"];

function placeOf(layer: string, call: number): string {
  return `${call}:${layer}`;
}

/** The layer that the input of a sequential model goes to, in whatever model it stands. */
function firstLayer({ kind, layers, inputs }: NetworkDescription): LayerDescription {
  const first = kind === "sequential" ? layers[0]! : layers.find(({ name }) => name === inputs[0]?.layer)!;
  return first.network === undefined ? first : firstLayer(first.network);
}

/** Of a wrapper it is the layers inside that read. */
function ignoringMask({ className, options }: LayerConfig): LayerConfig {
  const { layer, backwardLayer } = options as { readonly layer?: LayerConfig; readonly backwardLayer?: LayerConfig };
  const inner = {
    ...(layer && { layer: ignoringMask(layer) }),
    ...(backwardLayer && { backwardLayer: ignoringMask(backwardLayer) }),
  };
  return { className, options: { ...options, ...(layer === undefined ? { ignoreMask: true } : inner) } };
}

function configOf({ className, options, inner, backward }: LayerDescription, name: string): LayerConfig {
  const wrapped = {
    ...(inner && { layer: configOf(inner, inner.name) }),
    ...(backward && { backwardLayer: configOf(backward, backward.name) }),
  };
  return { className, options: { ...options, ...wrapped, name } };
}

/** A layer within a layer within a model of it alone. */
function networkOf(layer: LayerDescription): NetworkDescription {
  return layer.network ?? { kind: "sequential", name: layer.name, layers: [layer], inputs: [], outputs: [] };
}
