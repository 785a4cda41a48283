/** One recurrent layer in one direction, as nodes. */
import type { ExportedCell } from "./cell.ts";
import { extentOf, squeeze } from "./formulas.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import type { Ragged } from "./ragged.ts";
import type { Weights } from "./weights.ts";

export interface LayerInputs {
  /** `[time, batch, inputSize]` */
  readonly x: Name;
  /** Undefined where all steps are real. */
  readonly ragged: Ragged | undefined;
  /** `[batch, size]` each. Undefined: as the cell starts. */
  readonly initial: readonly Name[] | undefined;
  readonly reverse: boolean;
  readonly hiddenSize: number;
  readonly weights: Weights;
}

export interface LayerOutputs {
  /** `[time, batch, stateSize]`, zeros on padding. */
  readonly output: Name;
  /** At the end of the walk, `[batch, size]` each; the hidden state first. */
  readonly states: readonly Name[];
}

/** A layer that walks its cell: a loop over the steps, in which rows that are over, or have not begun, keep their states. */
export function walkedLayer(graph: GraphBuilder, cell: ExportedCell, inputs: LayerInputs): LayerOutputs {
  const { x, ragged, reverse } = inputs;
  const initial = inputs.initial ?? startStates(graph, cell, extentOf(graph, x, 1));
  const part = cell.inputPart(graph, x);
  const body = graph.inner();
  const previous = cell.states.map(({ name }) => body.input(body.fresh(name), "float32"));
  const current = body.input(body.fresh("step"), "float32");
  const isReal = ragged && body.input(body.fresh("is_real"), "bool");
  const next = cell.step(body, current, previous);
  const kept = isReal === undefined ? next : next.map((state, i) => body.node("Where", [isReal, state, previous[i]!]));
  for (const state of kept) body.output(body.fresh("next"), state, "float32");
  const shown = isReal === undefined ? next[0]! : body.node("Where", [isReal, next[0]!, body.number(0)]);
  body.output(body.fresh("shown"), shown, "float32");
  const scanned = isReal === undefined ? [part] : [part, ragged!.isReal];
  const direction = reverse ? 1 : 0;
  const results = graph.nodes("Scan", [...initial, ...scanned], cell.states.length + 1, {
    body: { graph: body.graph("step") },
    num_scan_inputs: { int: scanned.length },
    scan_input_directions: { ints: scanned.map(() => direction) },
    scan_output_directions: { ints: [direction] },
  });
  return { output: results.at(-1)!, states: results.slice(0, -1) };
}

/** A single step without a loop around it. */
export function singleStep(graph: GraphBuilder, cell: ExportedCell, { x, initial }: LayerInputs): LayerOutputs {
  const states = cell.step(graph, squeeze(graph, cell.inputPart(graph, x), 0), initial!);
  return { output: graph.node("Unsqueeze", [states[0]!, graph.ints([0])]), states };
}

/**
 * @param batch   int64 `[1]`: the number of rows
 * @param hidden  the hidden state, where it does not start as the cell says
 */
export function startStates(graph: GraphBuilder, cell: ExportedCell, batch: Name, hidden?: Name): Name[] {
  const filled = (size: number, value: number) => {
    const shape = graph.node("Concat", [batch, graph.ints([size])], { axis: { int: 0 } });
    return graph.node("Expand", [graph.number(value), shape]);
  };
  const [shown, ...others] = cell.states;
  const first = hidden ?? filled(shown.size, shown.start ?? 0);
  return [first, ...others.map(({ size, start }) => (start === undefined ? first : filled(size, start)))];
}
