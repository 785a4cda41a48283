/** A text classifier as an ONNX model. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { squeeze, transpose } from "./formulas.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { modelFile } from "./model-file.ts";
import { pooled } from "./poolings.ts";
import { raggedOf } from "./ragged.ts";
import { recurrentStack } from "./recurrent-stack.ts";
import { linear, type Parameters, Weights } from "./weights.ts";

export interface ClassifierSource {
  /** The section of the recurrent layers, as a config has it. */
  readonly encoder: RecurrentSection;
  /** Name of the pooling over time. */
  readonly pooling: string;
  /** `embedding.*`, `encoder.*`, `pooling.*` and `classifier.*`, as `TextClassifier` names them. */
  readonly parameters: Parameters;
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  /** What rows are padded with; any id of the vocabulary will do. */
  readonly padId: number;
}

/**
 * Writes a classifier: `input_ids` `[batch, time]` and `lengths` `[batch]`, both int64, to `logits` and `probabilities`
 * `[batch, labels]`. Rows end in padding, which changes nothing; a length of 0 is a text without tokens.
 *
 * @returns an ONNX file, opset 17, with the labels in its metadata
 * @throws {OnnxExportError} naming the option or kind of layers that cannot be written
 */
export function exportClassifier(source: ClassifierSource): Uint8Array {
  const { encoder, pooling, parameters, labels, padId } = source;
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parameters);
  const ids = graph.input("input_ids", "int64", ["batch", "time"]);
  const lengths = graph.input("lengths", "int64", ["batch"]);
  const timeMajor = transpose(graph, ids, [1, 0]);
  const time = squeeze(graph, graph.node("Shape", [ids], { start: { int: 1 }, end: { int: 2 } }), 0);
  const ragged = raggedOf(graph, lengths, time);
  const x = graph.node("Gather", [weights.get("embedding.weight"), timeMajor], { axis: { int: 0 } });
  const stack = recurrentStack(graph, { section: encoder, weights: weights.within("encoder."), x, ragged });
  const features = pooled(pooling, graph, stack, ragged, weights.within("pooling."));
  const logits = linear(graph, features, weights, "classifier.weight", "classifier.bias");
  graph.output("logits", logits, "float32", ["batch", labels.length]);
  const probabilities = graph.node("Softmax", [logits], { axis: { int: -1 } });
  graph.output("probabilities", probabilities, "float32", ["batch", labels.length]);
  const inputs = { input_ids: "token ids, rows padded at their ends", lengths: "tokens of each row" };
  return modelFile(graph.graph("classifier"), {
    task: "classification",
    labels,
    padId,
    inputs,
    tokenizer: "tokenizer.json",
  });
}
