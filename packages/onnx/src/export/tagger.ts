/** A tagger as an ONNX model, up to the scores of tags; the search for the best sequence is left to who runs it. */
import type { TagConstraints } from "@cellstate/lstm-core";
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { concat, extentOf, reshape, squeeze, tanh, transpose } from "./formulas.ts";
import { GraphBuilder, type Name } from "./graph-builder.ts";
import { modelFile } from "./model-file.ts";
import { pooled } from "./poolings.ts";
import { type Ragged, raggedOf } from "./ragged.ts";
import { recurrentStack, type StackOutputs } from "./recurrent-stack.ts";
import { linear, type Parameters, Weights } from "./weights.ts";

export interface TaggerSource {
  /** The section of the recurrent layers, as a config has it. */
  readonly encoder: RecurrentSection;
  /** What reads the characters of each word. */
  readonly characters: { readonly kind: "none" | "cnn" } | { readonly kind: "lstm"; readonly hiddenSize: number };
  /** `embedding.*`, `characters.*`, `encoder.*`, `classifier.*` and `crf.*`, as `Tagger` names them. */
  readonly parameters: Parameters;
  /** In the order of the scores. */
  readonly tags: readonly string[];
  /** Rules that a CRF keeps to; undefined where any tag may follow any. */
  readonly constraints: TagConstraints | undefined;
}

/**
 * Writes a tagger: `word_ids` `[batch, time]` and `lengths` `[batch]`, and where it reads characters `char_ids` `[batch, time, characters]` and
 * `char_lengths` `[batch, time]`, all int64, to `emissions` `[batch, time, tags]`. Rows and words end in id 0; scores on padding mean nothing.
 *
 * @returns an ONNX file, opset 17. Its metadata have the tags and, of a CRF, what the Viterbi search adds: the scores `transitions` (by tag and
 *   the tag after it), `start` and `end`, with -1e9 for what the rules forbid
 * @throws {OnnxExportError} naming the option or kind of layers that cannot be written
 */
export function exportTagger(source: TaggerSource): Uint8Array {
  const { encoder, characters, parameters, tags } = source;
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parameters);
  const ids = graph.input("word_ids", "int64", ["batch", "time"]);
  const lengths = graph.input("lengths", "int64", ["batch"]);
  const timeMajor = transpose(graph, ids, [1, 0]);
  const words = graph.node("Gather", [weights.get("embedding.weight"), timeMajor], { axis: { int: 0 } });
  const x =
    characters.kind === "none" ? words : concat(graph, [words, spelling(graph, source, weights.within("characters."))]);
  const ragged = raggedOf(graph, lengths, squeeze(graph, extentOf(graph, ids, 1), 0));
  const { output } = recurrentStack(graph, { section: encoder, weights: weights.within("encoder."), x, ragged });
  const scores = linear(graph, output, weights, "classifier.weight", "classifier.bias"); // [time, batch, tags]
  graph.output("emissions", transpose(graph, scores, [1, 0, 2]), "float32", ["batch", "time", tags.length]);
  return modelFile(graph.graph("tagger"), {
    task: "tagging",
    tags,
    vocabulary: "tagger.json",
    ...(weights.has("crf.transitions") && { crf: crfScores(weights.within("crf."), source) }),
  });
}

/** Vectors of how words are spelt, `[time, batch, features]`. */
function spelling(graph: GraphBuilder, { characters }: TaggerSource, weights: Weights): Name {
  const ids = graph.input("char_ids", "int64", ["batch", "time", "characters"]);
  const lengths = reshape(
    graph,
    transpose(graph, graph.input("char_lengths", "int64", ["batch", "time"]), [1, 0]),
    [-1],
  );
  const timeMajor = transpose(graph, ids, [2, 1, 0]); // [characters, time, batch]
  const spelled = graph.node("Reshape", [timeMajor, graph.ints([0, -1])]); // [characters, words]
  const ragged = raggedOf(graph, lengths, squeeze(graph, extentOf(graph, ids, 2), 0));
  const x = graph.node("Gather", [weights.get("embedding.weight"), spelled], { axis: { int: 0 } });
  const rows =
    characters.kind === "lstm"
      ? spelledByLstm(graph, { x, ragged, weights, hiddenSize: characters.hiddenSize })
      : spelledByFilters(graph, { x, ragged, weights });
  const extents = graph.node("Shape", [timeMajor], { start: { int: 1 }, end: { int: 3 } }); // time, batch
  return graph.node("Reshape", [rows, graph.node("Concat", [extents, graph.ints([-1])], { axis: { int: 0 } })]);
}

interface SpellingInputs {
  /** `[characters, words, size]` */
  readonly x: Name;
  readonly ragged: Ragged;
  readonly weights: Weights;
}

/** @returns `[words, 2 * hiddenSize]` */
function spelledByLstm(
  graph: GraphBuilder,
  { x, ragged, weights, hiddenSize }: SpellingInputs & { readonly hiddenSize: number },
): Name {
  const section = { kind: "lstm", hiddenSize, bidirectional: true, dropout: 0 } as RecurrentSection;
  return recurrentStack(graph, { section, weights: weights.within("lstm."), x, ragged }).lastOutput;
}

/** @returns `[words, filters]` */
function spelledByFilters(graph: GraphBuilder, { x, ragged, weights }: SpellingInputs): Name {
  const [, , kernelSize = 1] = weights.read("filters.0.weight").shape;
  const found = graph.node(
    "Conv",
    [transpose(graph, x, [1, 2, 0]), weights.get("filters.0.weight"), weights.get("filters.0.bias")],
    { kernel_shape: { ints: [kernelSize] }, auto_pad: { string: "SAME_UPPER" } },
  ); // [words, filters, characters]
  const output = transpose(graph, tanh(graph, found), [2, 0, 1]);
  return pooled("max", graph, { output } as StackOutputs, ragged, weights);
}

/** Far below any score: what `Crf` adds where the rules forbid. */
const FORBIDDEN = -1e9;

function crfScores(weights: Weights, { tags, constraints: rules }: TaggerSource) {
  const limited = (name: string, allowed: readonly boolean[] | undefined) =>
    Array.from(weights.read(name).data, (score, place) => (allowed?.[place] === false ? FORBIDDEN : score));
  const flat = limited("transitions", rules?.transitions.flat());
  return {
    transitions: tags.map((_, tag) => flat.slice(tag * tags.length, (tag + 1) * tags.length)),
    start: limited("start_transitions", rules?.start),
    end: limited("end_transitions", rules?.end),
  };
}
