/** A model whose tensors lie in files beside it, as PyTorch writes models by default, as one file. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { OnnxFormatError } from "../errors.ts";
import { defaultLimits } from "../limits.ts";
import {
  type AttributeMessage,
  type GraphMessage,
  modelFields,
  type NodeMessage,
  type TensorMessage,
} from "./messages.ts";
import { type ExternalData, externalBytes } from "./tensors.ts";
import { decodeMessage, encodeMessage } from "./wire.ts";

export interface OneFileOptions {
  /** Gives the files beside the model. */
  readonly externalData: ExternalData;
}

const optionNames: OptionNames<OneFileOptions> = { externalData: true };

/**
 * The model with all of its tensors in one file; the very bytes if they are there already.
 *
 * @param bytes  the file
 * @throws {OnnxFormatError} if the bytes are no ONNX model, or a file beside it is missing or too short
 */
export function onnxInOneFile(bytes: Uint8Array, options: OneFileOptions): Uint8Array {
  requireKnownOptions("onnxInOneFile", options, optionNames);
  const message = decodeMessage(bytes, modelFields, defaultLimits);
  if (message.graph === undefined) throw new OnnxFormatError("the file", "an ONNX model with a graph", "none");
  const joining = new Joining(options.externalData);
  const joined = {
    ...message,
    graph: joining.graph(message.graph),
    functions: message.functions.map((one) => ({
      ...one,
      nodes: one.nodes.map((node) => joining.node(node)),
      attributes: one.attributes.map((attribute) => joining.attribute(attribute)),
    })),
  };
  return joining.count === 0 ? bytes : encodeMessage(joined, modelFields);
}

/** Takes tensors over from other files, wherever they stand in a model. */
class Joining {
  /** How many were in other files. */
  count = 0;
  readonly #externalData: ExternalData;

  constructor(externalData: ExternalData) {
    this.#externalData = externalData;
  }

  graph(graph: GraphMessage): GraphMessage {
    return {
      ...graph,
      nodes: graph.nodes.map((node) => this.node(node)),
      initializers: graph.initializers.map((tensor) => this.#tensor(tensor)),
    };
  }

  node(node: NodeMessage): NodeMessage {
    return { ...node, attributes: node.attributes.map((attribute) => this.attribute(attribute)) };
  }

  attribute(attribute: AttributeMessage): AttributeMessage {
    const { t, g } = attribute;
    return { ...attribute, ...(t && { t: this.#tensor(t) }), ...(g && { g: this.graph(g) }) };
  }

  #tensor(tensor: TensorMessage): TensorMessage {
    if (tensor.dataLocation !== 1) return tensor;
    this.count++;
    const rawData = externalBytes(tensor, `tensor ${JSON.stringify(tensor.name ?? "")}`, this.#externalData);
    const { dataLocation: _, ...rest } = tensor;
    return { ...rest, rawData, externalData: [] };
  }
}
