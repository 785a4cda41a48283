/** Dense, Embedding and the normalizations as nodes. */
import type { ActivationName } from "@cellstate/lstm-core";
import { activation } from "../activations.ts";
import { add, layerNorm, mul } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import { linear, type Weights } from "../weights.ts";
import type { ExportedLayer } from "./exported-layer.ts";

/** What layers with an activation share. */
export interface ActivationOption {
  readonly activation?: ActivationName | undefined;
}

export const dense: ExportedLayer<ActivationOption> = ({ graph, options, weights, inputs: [x] }) => {
  const sums = linear(graph, x.name, weights, "kernel", "bias");
  return [{ name: activation(options.activation ?? "linear")(graph, sums), mask: x.mask }];
};

export const embedding: ExportedLayer<{ readonly maskZero?: boolean }> = ({ graph, options, weights, inputs: [x] }) => {
  const ids = graph.node("Cast", [x.name], { to: { int: INT64 } });
  const name = graph.node("Gather", [weights.get("embeddings"), ids]);
  const isPadding = () => graph.node("Equal", [ids, graph.int(0)]);
  return [{ name, mask: options.maskZero ? graph.node("Not", [isPadding()]) : x.mask }];
};

/** What ONNX calls the type. */
const INT64 = 7;

interface NormalizationOptions {
  readonly epsilon?: number | undefined;
}

/** Keras's for both normalizations. */
const EPSILON = 1e-3;

export const layerNormalization: ExportedLayer<NormalizationOptions> = ({ graph, options, weights, inputs: [x] }) => {
  const size = x.shape.at(-1)!;
  const [gain, bias] = [weightOr(graph, weights, "gamma", 1, size), weightOr(graph, weights, "beta", 0, size)];
  return [{ name: layerNorm(graph, x.name, gain, bias, options.epsilon ?? EPSILON), mask: x.mask }];
};

function weightOr(graph: GraphBuilder, weights: Weights, name: string, value: number, size: number): Name {
  return weights.has(name) ? weights.get(name) : graph.filled(size, value);
}

/** By the running statistics; masked steps become 0, as in `@cellstate/layers`. */
export const batchNormalization: ExportedLayer<NormalizationOptions> = ({ graph, options, weights, inputs: [x] }) => {
  const { epsilon = EPSILON } = options;
  const [mean, variance] = [weights.read("moving_mean").data, weights.read("moving_variance").data];
  const read = (name: string, value: number, at: number) => (weights.has(name) ? weights.read(name).data[at]! : value);
  const factor = (at: number) => read("gamma", 1, at) / Math.sqrt(variance[at]! + epsilon);
  const vector = (elementOf: (at: number) => number) => () => ({
    shape: [mean.length],
    data: Array.from({ length: mean.length }, (_, at) => elementOf(at)),
  });
  const factors = weights.made("factors", vector(factor));
  const shifts = weights.made(
    "shifts",
    vector((at) => read("beta", 0, at) - mean[at]! * factor(at)),
  );
  const normalized = add(graph, mul(graph, x.name, factors), shifts);
  const isSequence = x.mask !== undefined && x.shape.length === 2;
  return [{ name: isSequence ? masked(graph, normalized, x.mask!, 2) : normalized, mask: x.mask }];
};

/** `x` `[batch, time, ...]` of so many axes beside the batch's, with `elsewhere` where the mask says that no step is. */
export function masked(graph: GraphBuilder, x: Name, mask: Name, rank: number, elsewhere = graph.number(0)): Name {
  return graph.node("Where", [maskOf(graph, mask, rank), x, elsewhere]);
}

/** A mask `[batch, time]` with axes of 1, so many beside the batch's in all. */
export function maskOf(graph: GraphBuilder, mask: Name, rank: number): Name {
  const axes = Array.from({ length: rank - 1 }, (_, axis) => axis + 2);
  return axes.length === 0 ? mask : graph.node("Unsqueeze", [mask, graph.ints(axes)]);
}
