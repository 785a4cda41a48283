/** A step of a language model as an ONNX model. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { OnnxExportError } from "../errors.ts";
import { unsqueeze } from "./formulas.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { modelFile } from "./model-file.ts";
import { recurrentStack, stackCells } from "./recurrent-stack.ts";
import { linear, type Parameters, Weights } from "./weights.ts";

export interface LanguageModelSource {
  /** The section of the recurrent layers, as a config has it. */
  readonly encoder: RecurrentSection;
  /** `embedding.*`, `encoder.*` and `output.*`. */
  readonly parameters: Parameters;
  /** Whether the token vectors are the weights of the output. */
  readonly tieEmbeddings: boolean;
  /** How scores are computed: `softmax`. */
  readonly output: string;
  /** What a user must know beside it, such as the id that a text begins from, as plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Writes one step: `token_ids` `[batch]` and the states, zeros at the start of a text, to `logits` `[batch, vocabSize]` of the token that
 * follows. An output `next_x` is the input `x` of the next step.
 *
 * @returns an ONNX file, opset 17
 * @throws {OnnxExportError} for an adaptive softmax, and naming the option or kind of layers that cannot be written
 */
export function exportLanguageModel(source: LanguageModelSource): Uint8Array {
  const { encoder, parameters, tieEmbeddings, output, facts } = source;
  if (output !== "softmax")
    throw new OnnxExportError(`an output layer of the kind ${output} cannot be written as ONNX`);
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parameters);
  const cells = stackCells(encoder, weights.within("encoder."));
  const ids = graph.input("token_ids", "int64", ["batch"]);
  const initial = cells.map(({ states }, layer) =>
    states.map(({ name, size }) => graph.input(`${name}_${layer}`, "float32", ["batch", size])),
  );
  const vectors = graph.node("Gather", [weights.get("embedding.weight"), ids]); // [batch, embeddingSize]
  const stack = recurrentStack(graph, {
    section: encoder,
    weights: weights.within("encoder."),
    x: unsqueeze(graph, vectors, 0),
    ragged: undefined,
    isOneStep: true,
    initial,
  });
  const features = weights.has("output.projection.weight")
    ? linear(graph, stack.lastOutput, weights, "output.projection.weight")
    : stack.lastOutput;
  const table = tieEmbeddings ? "embedding.weight" : "output.weight";
  const logits = linear(graph, features, weights, table, "output.bias");
  graph.output("logits", logits, "float32", ["batch", weights.read(table).shape[0]!]);
  stack.states.forEach((states, layer) => {
    states.forEach((state, index) => {
      const { name, size } = cells[layer]!.states[index]!;
      graph.output(`next_${name}_${layer}`, state, "float32", ["batch", size]);
    });
  });
  return modelFile(graph.graph("language_model_step"), { ...facts, tokenizer: "tokenizer.json" });
}
