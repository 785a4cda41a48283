/**
 * Any mask over layers that read real steps from each row's start: the real steps move to the start in their order, and outputs go back
 * to their places, as `@cellstate/layers` does it.
 */
import { extentOf, squeeze, sub, sumAlong, unsqueeze } from "../formulas.ts";
import type { GraphBuilder, Name } from "../graph-builder.ts";
import { type Ragged, raggedOf } from "../ragged.ts";
import { masked } from "./affine.ts";

export interface Walk {
  /** `[batch, time, features]`: real steps first. */
  readonly input: Name;
  /** Undefined where all steps are real. */
  readonly ragged: Ragged | undefined;
  /**
   * Outputs `[batch, time, features]` in the places of their steps.
   *
   * @param holds  whether a masked step repeats the output before it (zeros before the first), rather than giving zeros
   */
  restore(output: Name, holds: boolean): Name;
}

/** @param x, mask  `[batch, time, features]` and bool `[batch, time]`, in the order of the walk */
export function walkOf(graph: GraphBuilder, x: Name, mask: Name | undefined): Walk {
  if (mask === undefined) return { input: x, ragged: undefined, restore: (output) => output };
  const time = squeeze(graph, extentOf(graph, x, 1), 0);
  const real = graph.node("Cast", [mask], { to: { int: INT64 } }); // [batch, time]
  const ragged = raggedOf(graph, sumAlong(graph, real, 1), time);
  const walked = graph.node("CumSum", [real, graph.int(1)]); // [batch, time]: real steps so far
  const places = graph.node("Max", [sub(graph, walked, graph.int(1)), graph.int(0)]);
  const hasBegun = graph.node("Greater", [walked, graph.int(0)]);
  return {
    input: gatherSteps(graph, x, realFirst(graph, real, time)),
    ragged,
    restore: (output, holds) => masked(graph, gatherSteps(graph, output, places), holds ? hasBegun : mask, 2),
  };
}

/** What ONNX calls the types. */
const FLOAT = 1;
const INT64 = 7;

/** int64 `[batch, time]`: the numbers of the real steps, rising, then those of the others. */
function realFirst(graph: GraphBuilder, real: Name, time: Name): Name {
  const steps = graph.node("Range", [graph.int(0), time, graph.int(1)]);
  const order = sub(graph, graph.node("Mul", [real, time]), steps); // real ones from time down to 1, others from 0 down
  const [, sorted] = graph.nodes(
    "TopK",
    [graph.node("Cast", [order], { to: { int: FLOAT } }), unsqueeze(graph, time, 0)],
    2,
  );
  return sorted!;
}

/** Steps of `x` `[batch, time, features]` by their numbers, `[batch, time]`. */
function gatherSteps(graph: GraphBuilder, x: Name, steps: Name): Name {
  const shape = graph.node("Shape", [x]);
  const everywhere = graph.node("Expand", [unsqueeze(graph, steps, 2), shape]);
  return graph.node("GatherElements", [x, everywhere], { axis: { int: 1 } });
}

/** Values and masks in the reversed order of time. */
export function reversedInTime(graph: GraphBuilder, x: Name): Name {
  const [last, beforeFirst] = [graph.ints([-1]), graph.ints([-(2 ** 31)])];
  return graph.node("Slice", [x, last, beforeFirst, graph.ints([1]), graph.ints([-1])]);
}
