/** Rows of different lengths as values of a graph. */
import { unsqueeze } from "./formulas.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";

export interface Ragged {
  /** int64 `[batch]` */
  readonly lengths: Name;
  /** int32 `[batch]`, at least 1, since runtimes take no sequence of length 0. */
  readonly sequenceLens: Name;
  /** bool `[time, batch, 1]`: true on real steps. */
  readonly isReal: Name;
  /** bool `[batch, 1]`: true for rows that have a step. */
  readonly hasSteps: Name;
}

/**
 * @param lengths  int64 `[batch]`
 * @param time     int64 `[]`: steps with padding
 */
export function raggedOf(graph: GraphBuilder, lengths: Name, time: Name): Ragged {
  const steps = graph.node("Range", [graph.int(0), time, graph.int(1)]);
  const isReal = graph.node("Less", [unsqueeze(graph, steps, 1), unsqueeze(graph, lengths, 0)]); // [time, batch]
  const atLeastOne = graph.node("Max", [lengths, graph.int(1)]);
  return {
    lengths,
    sequenceLens: graph.node("Cast", [atLeastOne], { to: { int: 6 } }),
    isReal: unsqueeze(graph, isReal, 2),
    hasSteps: unsqueeze(graph, graph.node("Greater", [lengths, graph.int(0)]), 1),
  };
}
