/** Poolings over time as nodes. */
import type { PoolingName } from "@cellstate/lstm-core";
import { OnnxExportError } from "../errors.ts";
import { div, mul, reshape, sumAlong, tanh, transpose, unsqueeze } from "./formulas.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import type { Ragged } from "./ragged.ts";
import type { StackOutputs } from "./recurrent-stack.ts";
import { linear, type Weights } from "./weights.ts";

type Pool = (graph: GraphBuilder, stack: StackOutputs, ragged: Ragged, weights: Weights) => Name;

/** Far below every score, and finite, so that a row without steps stays a number. */
const NEVER = -1e30;

/** `[time, batch, features]`, zeros on padding, to the mean of the real steps, `[batch, features]`. */
export function meanOverTime(graph: GraphBuilder, output: Name, { sequenceLens }: Ragged): Name {
  const count = graph.node("Cast", [sequenceLens], { to: { int: 1 } });
  return div(graph, sumAlong(graph, output, 0), unsqueeze(graph, count, 1));
}

/**
 * `[time, batch, features]` to `[batch, features]`; a row without steps gives zeros.
 *
 * @throws {OnnxExportError} if there is no such pooling here
 */
export function pooled(name: string, graph: GraphBuilder, stack: StackOutputs, ragged: Ragged, weights: Weights): Name {
  const pool = Object.hasOwn(poolings, name) ? poolings[name as keyof typeof poolings] : undefined;
  if (pool === undefined)
    throw new OnnxExportError(
      `the pooling ${name} cannot be written as ONNX: expected ${Object.keys(poolings).join(", ")}`,
    );
  return pool(graph, stack, ragged, weights);
}

const poolings = {
  max: (graph, { output }, { isReal, hasSteps }) => {
    const real = graph.node("Where", [isReal, output, graph.number(NEVER)]);
    const highest = graph.node("ReduceMax", [real], { axes: { ints: [0] }, keepdims: { int: 0 } });
    return graph.node("Where", [hasSteps, highest, graph.number(0)]);
  },
  mean: (graph, { output }, ragged) => meanOverTime(graph, output, ragged),
  last: (_graph, { lastOutput }) => lastOutput,
  selfAttention: (graph, { output }, { isReal }, weights) => {
    const seen = tanh(graph, linear(graph, output, weights, "projection.weight"));
    const scores = graph.node("Where", [isReal, linear(graph, seen, weights, "queries.weight"), graph.number(NEVER)]);
    const shares = graph.node("Softmax", [scores], { axis: { int: 0 } }); // [time, batch, heads]
    const real = graph.node("Where", [isReal, shares, graph.number(0)]);
    const means = graph.node("MatMul", [transpose(graph, real, [1, 2, 0]), transpose(graph, output, [1, 0, 2])]);
    return reshape(graph, means, [
      0,
      weights.read("projection.weight").shape[0]! * weights.read("queries.weight").shape[0]!,
    ]);
  },
  attention: (graph, { output }, { isReal }, weights) => {
    const keys = tanh(graph, linear(graph, output, weights, "projection.weight", "projection.bias"));
    const query = weights.made("query.column", () => {
      const { shape, data } = weights.read("query");
      return { shape: [shape[0]!, 1], data };
    });
    const scores = graph.node("Where", [isReal, graph.node("MatMul", [keys, query]), graph.number(NEVER)]);
    const shares = graph.node("Softmax", [scores], { axis: { int: 0 } }); // [time, batch, 1]
    return sumAlong(graph, mul(graph, shares, output), 0);
  },
} satisfies { readonly [Name in PoolingName]?: Pool };
