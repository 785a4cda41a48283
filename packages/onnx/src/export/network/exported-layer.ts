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

/** One application of a layer. */
export interface LayerCall<Options> {
  readonly graph: GraphBuilder;
  readonly options: Options;
  /** By Keras's names, such as `kernel`; matrices are `[outputs, inputs]` and gates stacked as in PyTorch. */
  readonly weights: Weights;
  readonly inputs: readonly [LayerInput, ...LayerInput[]];
  readonly outputs: readonly LayerShape[];
}

/** @throws {OnnxExportError} naming the option that cannot be written */
export type ExportedLayer<Options = object> = (call: LayerCall<Options>) => readonly LayerOutput[];
