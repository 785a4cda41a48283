/** Tensors before any number is there: what `input` and applied layers give, and what models are made of. */
import type { LayerShape } from "../shape.ts";
import type { Layer } from "./layer.ts";

/** One output of one application of a layer. */
export class SymbolicTensor {
  /** Of one example. */
  readonly shape: LayerShape;
  /** @internal */
  readonly node: GraphNode;
  /** @internal Which of the node's outputs it is. */
  readonly index: number;

  /** @internal */
  constructor(shape: LayerShape, node: GraphNode, index: number) {
    this.shape = shape;
    this.node = node;
    this.index = index;
  }
}

/** One application of a layer. */
export class GraphNode {
  readonly layer: Layer<unknown>;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];

  constructor(layer: Layer<unknown>, inputs: readonly SymbolicTensor[], outputs: readonly LayerShape[]) {
    this.layer = layer;
    this.inputs = inputs;
    this.outputs = outputs.map((shape, index) => new SymbolicTensor(shape, this, index));
  }
}
