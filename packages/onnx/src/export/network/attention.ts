/** Keras's attention layers as nodes. */
import { add, extentOf, mul, reshape, squeeze, sub, sumAlong, tanh, transpose, unsqueeze } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import { linear } from "../weights.ts";
import { masked } from "./affine.ts";
import type { ExportedLayer, LayerInput } from "./exported-layer.ts";

/** Subtracted from scores that must not count, as in Keras. */
const FAR = 1e9;

interface CausalOption {
  readonly useCausalMask?: boolean;
}

/**
 * Scores as shares of each query; keys that are masked, or come after a causal query, get none.
 *
 * @param scores   `[batch, ..., queries, keys]`
 * @param keyMask  that broadcasts against the scores
 */
function shares(
  graph: GraphBuilder,
  scores: Name,
  keyMask: Name | undefined,
  { useCausalMask }: CausalOption,
  rank = 3,
): Name {
  const hidden = (x: Name, seen: Name) => graph.node("Where", [seen, x, sub(graph, x, graph.number(FAR))]);
  const real = keyMask === undefined ? scores : hidden(scores, keyMask);
  const all = useCausalMask ? hidden(real, causal(graph, scores, rank)) : real;
  return graph.node("Softmax", [all], { axis: { int: -1 } });
}

/** bool `[queries, keys]`: true where a key does not come after its query. */
function causal(graph: GraphBuilder, scores: Name, rank: number): Name {
  const placesOf = (axis: number) => {
    const extent = squeeze(graph, extentOf(graph, scores, axis), 0);
    return graph.node("Range", [graph.int(0), extent, graph.int(1)]);
  };
  const [queries, keys] = [placesOf(rank - 2), placesOf(rank - 1)];
  return graph.node("LessOrEqual", [unsqueeze(graph, keys, 0), unsqueeze(graph, queries, 1)]);
}

/** Zeros where a query is masked. */
function ofRealQueries(graph: GraphBuilder, output: Name, { mask }: LayerInput): Name {
  return mask === undefined ? output : masked(graph, output, mask, 2);
}

/** Query, value, and key, which is the value by default. */
function attended(inputs: readonly LayerInput[]): readonly [LayerInput, LayerInput, LayerInput] {
  const [query, value, key = value] = inputs;
  return [query!, value!, key!];
}

const keysSeen = (graph: GraphBuilder, { mask }: LayerInput) => mask && unsqueeze(graph, mask, 1); // [batch, 1, keys]

/** `query + key` of each pair, `[batch, queries, keys, features]`. */
const pairs = (graph: GraphBuilder, query: LayerInput, key: LayerInput) =>
  add(graph, unsqueeze(graph, query.name, 2), unsqueeze(graph, key.name, 1));

interface AttentionOptions extends CausalOption {
  readonly scoreMode?: "dot" | "concat";
}

export const attention: ExportedLayer<AttentionOptions> = ({ graph, options, weights, inputs }) => {
  const [query, value, key] = attended(inputs);
  const scaled = (x: Name) => (weights.has("scale") ? mul(graph, x, weights.get("scale")) : x);
  const scoresOf = () => {
    if (options.scoreMode !== "concat")
      return scaled(graph.node("MatMul", [query.name, transpose(graph, key.name, [0, 2, 1])]));
    const energies = sumAlong(graph, tanh(graph, scaled(pairs(graph, query, key))), 3);
    return mul(graph, energies, weights.get("concat_score_weight"));
  };
  const found = graph.node("MatMul", [shares(graph, scoresOf(), keysSeen(graph, value), options), value.name]);
  return [{ name: ofRealQueries(graph, found, query), mask: query.mask }];
};

export const additiveAttention: ExportedLayer<CausalOption> = ({ graph, options, weights, inputs }) => {
  const [query, value, key] = attended(inputs);
  const energies = tanh(graph, pairs(graph, query, key));
  const scaled = weights.has("scale") ? mul(graph, energies, weights.get("scale")) : energies;
  const scores = sumAlong(graph, scaled, 3);
  const found = graph.node("MatMul", [shares(graph, scores, keysSeen(graph, value), options), value.name]);
  return [{ name: ofRealQueries(graph, found, query), mask: query.mask }];
};

interface MultiHeadOptions extends CausalOption {
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim?: number | null;
}

export const multiHeadAttention: ExportedLayer<MultiHeadOptions> = ({ graph, options, weights, inputs }) => {
  const { numHeads, keyDim } = options;
  const [query, value, key] = attended(inputs);
  /** `[batch, heads, time, size]` */
  const headsOf = (name: string, x: LayerInput, size: number) => {
    const projected = linear(graph, x.name, weights, `${name}/kernel`, `${name}/bias`);
    return transpose(graph, reshape(graph, projected, [0, -1, numHeads, size]), [0, 2, 1, 3]);
  };
  const keys = transpose(graph, headsOf("key", key, keyDim), [0, 1, 3, 2]);
  const products = graph.node("MatMul", [headsOf("query", query, keyDim), keys]);
  const scores = mul(graph, products, graph.number(1 / Math.sqrt(keyDim)));
  const mask = key.mask ?? value.mask;
  const weightsOfKeys = shares(graph, scores, mask && unsqueeze(graph, mask, 1, 2), options, 4);
  const valueDim = options.valueDim ?? keyDim;
  const found = graph.node("MatMul", [weightsOfKeys, headsOf("value", value, valueDim)]);
  const joined = reshape(graph, transpose(graph, found, [0, 2, 1, 3]), [0, -1, numHeads * valueDim]);
  const name = linear(graph, joined, weights, "attention_output/kernel", "attention_output/bias");
  return [{ name, mask: query.mask }];
};
