/** The closed list of layers by Keras's class name: what files and configs may name. */
import { ModelError } from "../errors.ts";
import { Layer, type LayerKind } from "../graph/layer.ts";
import type { NumberedGraph } from "../graph/numbered-graph.ts";
import { findByName } from "../names.ts";
import { activationKind, eluKind, leakyReluKind, reluKind, softmaxKind } from "./activation.ts";
import { additiveAttentionKind, attentionKind, multiHeadAttentionKind } from "./attention.ts";
import { batchNormalizationKind } from "./batch-normalization.ts";
import { averagePooling1dKind, conv1dKind, maxPooling1dKind } from "./convolution.ts";
import { denseKind } from "./dense.ts";
import { dropoutKind, gaussianNoiseKind, spatialDropout1dKind } from "./dropout.ts";
import { embeddingKind } from "./embedding.ts";
import { globalAveragePooling1dKind, globalMaxPooling1dKind } from "./global-pooling.ts";
import { inputKind } from "./input.ts";
import { layerNormalizationKind } from "./layer-normalization.ts";
import { maskingKind } from "./masking.ts";
import {
  addKind,
  averageKind,
  concatenateKind,
  dotKind,
  maximumKind,
  minimumKind,
  multiplyKind,
  subtractKind,
} from "./merge.ts";
import { convLstm1dKind, convLstm2dKind } from "./recurrent/conv-lstm.ts";
import { bidirectionalKind, gruKind, lstmKind, simpleRnnKind } from "./recurrent/recurrent.ts";
import { cropping1dKind, upSampling1dKind, zeroPadding1dKind } from "./resizing.ts";
import { flattenKind, permuteKind, repeatVectorKind, reshapeKind } from "./shaping.ts";
import { timeDistributedKind } from "./time-distributed.ts";

const kinds = [
  inputKind,
  denseKind,
  embeddingKind,
  lstmKind,
  gruKind,
  simpleRnnKind,
  bidirectionalKind,
  convLstm1dKind,
  convLstm2dKind,
  timeDistributedKind,
  activationKind,
  reluKind,
  leakyReluKind,
  eluKind,
  softmaxKind,
  dropoutKind,
  spatialDropout1dKind,
  gaussianNoiseKind,
  maskingKind,
  repeatVectorKind,
  flattenKind,
  reshapeKind,
  permuteKind,
  zeroPadding1dKind,
  cropping1dKind,
  upSampling1dKind,
  layerNormalizationKind,
  batchNormalizationKind,
  conv1dKind,
  maxPooling1dKind,
  averagePooling1dKind,
  globalMaxPooling1dKind,
  globalAveragePooling1dKind,
  attentionKind,
  additiveAttentionKind,
  multiHeadAttentionKind,
  addKind,
  subtractKind,
  multiplyKind,
  averageKind,
  maximumKind,
  minimumKind,
  concatenateKind,
  dotKind,
] as readonly LayerKind[];

/** By class name. */
const byClassName: Readonly<Record<string, LayerKind>> = Object.fromEntries(
  kinds.map((kind) => [kind.className, kind]),
);

/** Keras's class names of all layers, in the order of the list. */
export const layerClassNames: readonly string[] = kinds.map(({ className }) => className);

/** A layer as plain data: what a saved model holds. */
export interface LayerConfig {
  /** Keras's, such as `LSTM`. */
  readonly className: string;
  /** Its options in camelCase; a layer inside it is a config too. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The layer that a config describes.
 *
 * @throws {OptionError} if there is no such class, naming the nearest, or an option is unknown
 */
export function layerFromConfig({ className, options }: LayerConfig): Layer<unknown> {
  const kind = findByName("layerFromConfig", "className", byClassName, className);
  const toLayer = (inner: LayerConfig | Layer<unknown>) => (inner instanceof Layer ? inner : layerFromConfig(inner));
  const made = Object.entries(options).map(([name, value]) => [name, innerLayers(name, value, toLayer)]);
  return new Layer(kind, Object.fromEntries(made));
}

/** Options of wrappers that hold layers: one, a list, or a graph with such a list. */
const innerNames: ReadonlySet<string> = new Set(["layer", "layers", "backwardLayer", "graph"]);

/** The value of an option with each layer in it replaced; values of options that hold none as they are. */
export function innerLayers<Inner>(option: string, value: unknown, replace: (inner: Inner) => unknown): unknown {
  if (!innerNames.has(option) || typeof value !== "object" || value === null) return value;
  if (option === "graph") return { ...value, layers: innerLayers("layers", (value as NumberedGraph).layers, replace) };
  return Array.isArray(value) ? value.map(replace) : replace(value as Inner);
}

/** The config from which `layerFromConfig` makes the same layer. @throws {ModelError} if an option is a function */
export function layerConfig(layer: Layer<unknown>): LayerConfig {
  const { name, trainable, inputShape, activityRegularizer } = layer;
  const options = Object.entries(layer.options).filter(([, value]) => value !== undefined);
  return {
    className: layer.className,
    options: {
      name,
      ...(trainable ? {} : { trainable }),
      ...(inputShape && { inputShape }),
      ...(activityRegularizer && { activityRegularizer }),
      ...Object.fromEntries(options.map(([option, value]) => [option, plainOption(layer, option, value)])),
    },
  };
}

function plainOption(layer: Layer<unknown>, option: string, value: unknown): unknown {
  if (typeof value !== "function") return innerLayers(option, value, layerConfig);
  throw new ModelError(
    `${layer.title}: expected ${option} to be a name where a model is saved, got a function of one's own`,
  );
}
