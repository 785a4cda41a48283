/** What a layer of a network is as nodes: from values of its inputs to values of its outputs. */
import type { GraphBuilder, Name } from "../graph-builder.ts";
import type { Weights } from "../weights.ts";

/** Extents of one example, without the axis of the batch; `null` is one that differs from run to run. */
export type LayerShape = readonly (number | null)[];

/** What a layer gives. */
export interface LayerOutput {
  readonly name: Name;
  /** bool `[batch, time]`: true on real steps. Undefined: all are. */
  readonly mask?: Name | undefined;
}

/** What a layer reads. */
export interface LayerInput extends LayerOutput {
  readonly shape: LayerShape;
}

/** A layer as plain data. */
export interface LayerDescription {
  /** Keras's, such as `LSTM`. */
  readonly className: string;
  /** In camelCase; those that are not given have Keras's defaults. Activations go by the names of `@cellstate/lstm-core`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Which application of a layer gives a value, and which of its outputs it is. */
export type ValuePlace = readonly [node: number, output: number];

/** An application of a layer as data. */
export interface NodeDescription {
  /** The number of the layer. */
  readonly layer: number;
  readonly inputs: readonly ValuePlace[];
  readonly outputs: readonly LayerShape[];
  /** Of a TimeDistributed: what it does at each step. */
  readonly steps?: StepsDescription | undefined;
}

/** What happens at each step: layers, with what names of their weights begin with, and their applications; undefined is the step itself. */
export interface StepsDescription {
  readonly layers: readonly (LayerDescription & { readonly prefix: string })[];
  readonly nodes: readonly (NodeDescription | undefined)[];
  readonly outputs: readonly ValuePlace[];
}

/** One application of a layer. */
export interface LayerCall<Options> {
  readonly graph: GraphBuilder;
  readonly options: Options;
  /** By Keras's names, such as `kernel`; matrices are `[outputs, inputs]` and gates stacked as in PyTorch. */
  readonly weights: Weights;
  readonly inputs: readonly [LayerInput, ...LayerInput[]];
  readonly outputs: readonly LayerShape[];
  readonly steps?: StepsDescription | undefined;
}

/** @throws {OnnxExportError} naming the option that cannot be written */
export type ExportedLayer<Options = object> = (call: LayerCall<Options>) => readonly LayerOutput[];
