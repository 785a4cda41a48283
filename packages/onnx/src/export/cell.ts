/** What a cell is as nodes, and the parts that cells share. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import { linear, type Weights } from "./weights.ts";

/** One tensor of a cell's state, `[batch, size]`. */
export interface StateTensor {
  readonly name: string;
  readonly size: number;
  /** The value that it starts with; undefined: as the hidden state starts. */
  readonly start: number | undefined;
}

export interface ExportedCell {
  /** The hidden state first. */
  readonly states: readonly [StateTensor, ...StateTensor[]];
  /** What a step needs of its input, for all steps at once: `[time, batch, inputSize]` to `[time, batch, rows]`. */
  readonly inputPart: (graph: GraphBuilder, x: Name) => Name;
  /** @param input  a step's part of what `inputPart` gave, `[batch, rows]` */
  readonly step: (graph: GraphBuilder, input: Name, states: readonly Name[]) => Name[];
}

export type SectionOf<Kind extends RecurrentSection["kind"]> = Extract<RecurrentSection, { kind: Kind }>;

export const hiddenState = (size: number): StateTensor => ({ name: "hidden", size, start: 0 });
export const cellState = (size: number): StateTensor => ({ name: "cell", size, start: 0 });

/** The products of all steps' inputs with `weight_ih`. */
export const ofInput = (weights: Weights) => (graph: GraphBuilder, x: Name) =>
  linear(graph, x, weights, "weight_ih", "bias_ih");
