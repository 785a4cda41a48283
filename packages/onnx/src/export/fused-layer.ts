/** Layers that the operators LSTM, GRU and RNN of ONNX compute. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { squeeze, unsqueeze } from "./formulas.ts";
import type { AttributeValue, GraphBuilder } from "./graph-builder.ts";
import type { LayerInputs, LayerOutputs } from "./layer.ts";
import type { Weights } from "./weights.ts";

/** For each gate of the operator, its place among those of `@cellstate/lstm-core`; of the peepholes, too. */
interface GateOrder {
  readonly gates: readonly number[];
  readonly peepholes: readonly number[];
}

interface FusedOperator {
  readonly opType: string;
  readonly order: GateOrder;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Tensors of its state. */
  readonly states: number;
}

/** The operator of a section, where it has all options of the section; undefined where it does not. */
export function fusedOperator(section: RecurrentSection): FusedOperator | undefined {
  switch (section.kind) {
    case "lstm": {
      const { projectionSize, gateLayerNorm, cellClip, zoneout, activation, recurrentActivation } = section;
      const isPlain = !projectionSize && !gateLayerNorm && cellClip === undefined && !zoneout;
      if (!isPlain || !areDefault(activation, recurrentActivation)) return undefined;
      return { opType: "LSTM", order: { gates: [0, 3, 1, 2], peepholes: [0, 2, 1] }, attributes: {}, states: 2 };
    }
    case "gru": {
      const { resetAfter = true, activation, recurrentActivation } = section;
      if (!resetAfter || !areDefault(activation, recurrentActivation)) return undefined;
      const attributes = { linear_before_reset: { int: 1 } };
      return { opType: "GRU", order: { gates: [1, 0, 2], peepholes: [] }, attributes, states: 1 };
    }
    case "rnn": {
      const names = { tanh: "Tanh", relu: "Relu" } as const;
      const name =
        section.activation === "tanh" || section.activation === "relu" ? names[section.activation] : undefined;
      return (
        name && {
          opType: "RNN",
          order: { gates: [0], peepholes: [] },
          attributes: { activations: { strings: [name] } },
          states: 1,
        }
      );
    }
    default:
      return undefined;
  }
}

function areDefault(activation: string | undefined, recurrentActivation: string | undefined): boolean {
  return (activation ?? "tanh") === "tanh" && (recurrentActivation ?? "sigmoid") === "sigmoid";
}

/** One layer in one direction. */
export function fusedLayer(
  graph: GraphBuilder,
  { opType, order, attributes, states }: FusedOperator,
  { x, ragged, initial, reverse, hiddenSize, weights }: LayerInputs,
): LayerOutputs {
  const inputs = [
    x,
    weights.made("weight_ih.gates", () => stacked(weights, ["weight_ih"], order.gates, hiddenSize)),
    weights.made("weight_hh.gates", () => stacked(weights, ["weight_hh"], order.gates, hiddenSize)),
    weights.has("bias_ih")
      ? weights.made("bias.gates", () => stacked(weights, ["bias_ih", "bias_hh"], order.gates, hiddenSize))
      : "",
    ragged?.sequenceLens ?? "",
    ...(initial ? initial.map((state) => unsqueeze(graph, state, 0)) : []),
  ];
  if (weights.has("peepholes")) {
    while (inputs.length < 7) inputs.push("");
    inputs.push(weights.made("peepholes.gates", () => stacked(weights, ["peepholes"], order.peepholes, hiddenSize)));
  }
  const [output, ...last] = graph.nodes(opType, inputs, 1 + states, {
    hidden_size: { int: hiddenSize },
    direction: { string: reverse ? "reverse" : "forward" },
    ...attributes,
  });
  const steps = squeeze(graph, output!, 1); // [time, batch, hiddenSize]
  const finals = last.map((state) => squeeze(graph, state, 0));
  if (ragged === undefined) return { output: steps, states: finals };
  const zero = graph.number(0);
  return {
    output: graph.node("Where", [ragged.isReal, steps, zero]),
    states: finals.map((state, index) => graph.node("Where", [ragged.hasSteps, state, initial?.[index] ?? zero])),
  };
}

/** Gates in the operator's order, one tensor after the other, with an axis of one direction before all. */
function stacked(weights: Weights, names: readonly string[], gates: readonly number[], hiddenSize: number) {
  const blocks = names.flatMap((name) =>
    gates.map((gate) => weights.rows(name, gate * hiddenSize, (gate + 1) * hiddenSize)),
  );
  const rows = blocks.length * hiddenSize;
  return {
    shape: [1, rows, ...blocks[0]!.shape.slice(1)],
    data: blocks.flatMap(({ data }) => Array.from(data)),
  };
}
