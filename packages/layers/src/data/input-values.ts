/** Arrays as what a model's inputs hold. */
import type { Session } from "@cellstate/tensor";
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { NumberArray } from "./arrays.ts";

/** Inputs that only embeddings read are ids. */
export function inputValues(graph: Graph, session: Session, arrays: readonly NumberArray[]): Value[] {
  const { idInputs } = graph;
  return arrays.map(({ data, shape }, at) => ({
    tensor: session.tensor(data, shape, idInputs[at] ? { dtype: "int32" } : {}),
  }));
}
