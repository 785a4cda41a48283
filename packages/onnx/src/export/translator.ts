/** An encoder-decoder as two ONNX models: one for a source, one for each token of its target. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import type { Seq2SeqConfig } from "@cellstate/seq2seq/config";
import { layerNorm, mul, parts, squeeze, sumAlong, tanh, transpose, unsqueeze } from "./formulas.ts";
import { type Extent, GraphBuilder, type Name } from "./graph-builder.ts";
import { startStates } from "./layer.ts";
import { modelFile } from "./model-file.ts";
import { meanOverTime } from "./poolings.ts";
import { raggedOf } from "./ragged.ts";
import { recurrentStack, stackCells } from "./recurrent-stack.ts";
import { linear, type Parameters, Weights } from "./weights.ts";

export interface TranslatorSource {
  readonly config: Seq2SeqConfig;
  /** `encoder.*` and `decoder.*`, as `Seq2Seq` names them. */
  readonly parameters: Parameters;
  /** Ids of the target's vocabulary that mean something. */
  readonly target: { readonly padId: number; readonly bosId: number; readonly eosId: number };
}

export interface TranslatorFiles {
  /** `input_ids` and `lengths` to all that the decoder's first step reads. */
  readonly encoder: Uint8Array;
  /** One token of each row and what the step before gave to `log_probs`, `attention_weights` and what the next step reads. */
  readonly decoder: Uint8Array;
}

/** Outside the recurrent layers, what steps hand on; the names of its tensors are those of both models. */
interface Carried {
  readonly name: string;
  readonly size: number;
}

/**
 * Writes an encoder and a step of the decoder. An output `next_x` of a step is the input `x` of the next one; `encoder_outputs`, `keys`
 * and `lengths` stay the same. The first step reads the id of the beginning, which the metadata name, with that of the end.
 *
 * @returns two ONNX files, opset 17
 * @throws {OnnxExportError} naming the option or kind of layers that cannot be written
 */
export function exportTranslator({ config, parameters, target }: TranslatorSource): TranslatorFiles {
  const metadata = { task: "translation", ...target, tokenizer: "tokenizer.json" };
  return {
    encoder: modelFile(encoderGraph(config, parameters), metadata),
    decoder: modelFile(decoderGraph(config, parameters), metadata),
  };
}

function encoderGraph(config: Seq2SeqConfig, parameters: Parameters) {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parameters, "encoder.");
  const ids = graph.input("input_ids", "int64", ["batch", "source_time"]);
  const lengths = graph.input("lengths", "int64", ["batch"]);
  const time = squeeze(graph, graph.node("Shape", [ids], { start: { int: 1 }, end: { int: 2 } }), 0);
  const ragged = raggedOf(graph, lengths, time);
  const vectors = graph.node("Gather", [weights.get("embedding.weight"), transpose(graph, ids, [1, 0])]);
  const section = config.encoder as RecurrentSection;
  const stack = recurrentStack(graph, { section, weights: weights.within(`${section.kind}.`), x: vectors, ragged });
  const outputs = config.encoder.layerNorm
    ? graph.node("Where", [
        ragged.isReal,
        layerNorm(graph, stack.output, weights.get("layer_norm.weight"), weights.get("layer_norm.bias")),
        graph.number(0),
      ])
    : stack.output; // [time, batch, outputSize]
  const own = new Weights(graph, parameters, "decoder.");
  const batchMajor = transpose(graph, outputs, [1, 0, 2]);
  graph.output("encoder_outputs", batchMajor, "float32", ["batch", "source_time", featuresOf(own, "bridge.weight")]);
  const keys = linear(graph, batchMajor, own, "attention.key.weight", "attention.key.bias");
  graph.output("keys", keys, "float32", ["batch", "source_time", own.read("attention.key.weight").shape[0]!]);
  startOfDecoder(graph, config, own, meanOverTime(graph, outputs, ragged));
  return graph.graph("encoder");
}

/** Hidden states from the mean of the source, all else as cells start. */
function startOfDecoder(graph: GraphBuilder, config: Seq2SeqConfig, weights: Weights, mean: Name): void {
  const cells = stackCells(config.decoder as RecurrentSection, weights.within(`${config.decoder.kind}.`));
  const hidden = parts(graph, tanh(graph, linear(graph, mean, weights, "bridge.weight", "bridge.bias")), cells.length);
  const batch = graph.node("Shape", [mean], { start: { int: 0 }, end: { int: 1 } });
  cells.forEach((cell, layer) => {
    startStates(graph, cell, batch, hidden[layer]).forEach((state, index) => {
      const { name, size } = cell.states[index]!;
      graph.output(`${name}_${layer}`, state, "float32", ["batch", size]);
    });
  });
  const size = attentionalSize(weights);
  const shape = graph.node("Concat", [batch, graph.ints([size])], { axis: { int: 0 } });
  graph.output("attentional", graph.node("Expand", [graph.number(0), shape]), "float32", ["batch", size]);
}

function decoderGraph(config: Seq2SeqConfig, parameters: Parameters) {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parameters, "decoder.");
  const section = config.decoder as RecurrentSection;
  const cells = stackCells(section, weights.within(`${section.kind}.`));
  const ids = graph.input("token_ids", "int64", ["batch"]);
  const valueSize = featuresOf(weights, "bridge.weight");
  const source = (name: string, size: Extent) => graph.input(name, "float32", ["batch", "source_time", size]);
  const values = source("encoder_outputs", valueSize);
  const keys = source("keys", weights.read("attention.key.weight").shape[0]!);
  const lengths = graph.input("lengths", "int64", ["batch"]);
  const carried = (name: string, { size }: Carried) => graph.input(name, "float32", ["batch", size]);
  const previous = carried("attentional", { name: "attentional", size: attentionalSize(weights) });
  const initial = cells.map(({ states }, layer) => states.map((state) => carried(`${state.name}_${layer}`, state)));

  const vectors = graph.node("Gather", [weights.get("embedding.weight"), ids]); // [batch, embeddingSize]
  const input = config.decoder.inputFeeding ? graph.node("Concat", [vectors, previous], { axis: { int: 1 } }) : vectors;
  const stack = recurrentStack(graph, {
    section,
    weights: weights.within(`${section.kind}.`),
    x: unsqueeze(graph, input, 0),
    ragged: undefined,
    isOneStep: true,
    initial,
  });
  const hidden = stack.states.at(-1)![0]!;
  const shares = attentionShares(graph, config, weights, { hidden, keys, lengths });
  const context = sumAlong(graph, mul(graph, unsqueeze(graph, shares, 2), values), 1); // [batch, valueSize]
  const joined = graph.node("Concat", [context, hidden], { axis: { int: 1 } });
  const attentional = tanh(graph, linear(graph, joined, weights, "combine.weight"));
  const table = config.decoder.tieEmbeddings ? "embedding.weight" : "output.weight";
  const logits = linear(graph, attentional, weights, table, "output.bias");
  const logProbs = graph.node("LogSoftmax", [logits], { axis: { int: -1 } });
  graph.output("log_probs", logProbs, "float32", ["batch", weights.read(table).shape[0]!]);
  graph.output("attention_weights", shares, "float32", ["batch", "source_time"]);
  graph.output("next_attentional", attentional, "float32", ["batch", attentionalSize(weights)]);
  stack.states.forEach((states, layer) => {
    states.forEach((state, index) => {
      const { name, size } = cells[layer]!.states[index]!;
      graph.output(`next_${name}_${layer}`, state, "float32", ["batch", size]);
    });
  });
  return graph.graph("decoder_step");
}

/** How much each position of the source counts, `[batch, source_time]`: rows sum to 1, or are 0 where there is no source. */
function attentionShares(
  graph: GraphBuilder,
  { attention }: Seq2SeqConfig,
  weights: Weights,
  { hidden, keys, lengths }: { readonly hidden: Name; readonly keys: Name; readonly lengths: Name },
): Name {
  let scores: Name;
  if (attention.kind === "additive") {
    const query = linear(graph, hidden, weights, "attention.query.weight");
    const energy = weights.get("attention.energy");
    const seen = tanh(graph, graph.node("Add", [unsqueeze(graph, query, 1), keys]));
    scores = sumAlong(graph, mul(graph, seen, energy), 2);
  } else {
    scores = sumAlong(graph, mul(graph, unsqueeze(graph, hidden, 1), keys), 2);
  }
  const time = squeeze(graph, graph.node("Shape", [keys], { start: { int: 1 }, end: { int: 2 } }), 0);
  const steps = graph.node("Range", [graph.int(0), time, graph.int(1)]);
  const isReal = graph.node("Less", [unsqueeze(graph, steps, 0), unsqueeze(graph, lengths, 1)]);
  const real = graph.node("Where", [isReal, scores, graph.number(-1e30)]);
  const shares = graph.node("Softmax", [real], { axis: { int: -1 } });
  return graph.node("Where", [isReal, shares, graph.number(0)]);
}

/** Columns of a weight: the features that it reads. */
function featuresOf(weights: Weights, name: string): number {
  return weights.read(name).shape[1]!;
}

function attentionalSize(weights: Weights): number {
  return weights.read("combine.weight").shape[0]!;
}
