/**
 * The cells that no operator of ONNX has, one step each: what the graph inside a loop consists of. They follow the cells of
 * `@cellstate/lstm-core`, where the papers stand.
 */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { activation } from "./activations.ts";
import { cellState, type ExportedCell, hiddenState, ofInput, type SectionOf } from "./cell.ts";
import { add, clip, layerNorm, mul, parts, sigmoid, sub, tanh } from "./formulas.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import { linear, type Weights } from "./weights.ts";
import { mlstmBlock, mlstmCell, slstmBlock, slstmCell } from "./xlstm-cells.ts";

/** The cell of one layer and direction. @throws {OnnxExportError} if it cannot be written */
export function exportedCell(section: RecurrentSection, hiddenSize: number, weights: Weights): ExportedCell {
  switch (section.kind) {
    case "lstm":
      return lstmCell(section, hiddenSize, weights);
    case "gru":
      return gruCell(section, hiddenSize, weights);
    case "rnn":
      return rnnCell(section, hiddenSize, weights);
    case "mgu":
      return mguCell(hiddenSize, weights);
    case "cifg":
      return cifgCell(hiddenSize, weights);
    case "slstm":
      return (section.block ? slstmBlock : slstmCell)(hiddenSize, weights);
    case "mlstm":
      return (section.block ? mlstmBlock : mlstmCell)(hiddenSize, weights);
    default:
      return section satisfies never;
  }
}

function lstmCell(section: SectionOf<"lstm">, hiddenSize: number, weights: Weights): ExportedCell {
  const gateOf = activation(section.recurrentActivation ?? "sigmoid");
  const activate = activation(section.activation ?? "tanh");
  const { cellClip, gateLayerNorm = false, projectionSize } = section;
  const stateSize = projectionSize ?? hiddenSize;
  const { zoneout = 0 } = section;
  const rates = typeof zoneout === "number" ? { hidden: zoneout, cell: zoneout } : zoneout;
  const biasOf = (name: string) => (weights.has(name) ? weights.get(name) : "");
  const product = (graph: GraphBuilder, x: Name, side: "ih" | "hh") => {
    if (!gateLayerNorm) return linear(graph, x, weights, `weight_${side}`, `bias_${side}`);
    const plain = graph.node("MatMul", [x, weights.transposed(`weight_${side}`)]);
    return layerNorm(graph, plain, weights.get(`gain_${side}`), biasOf(`bias_${side}`));
  };
  return {
    states: [hiddenState(stateSize), cellState(hiddenSize)],
    inputPart: (graph, x) => product(graph, x, "ih"),
    step: (graph, input, [hidden, cell]) => {
      const gates = parts(graph, add(graph, input, product(graph, hidden!, "hh")), 4);
      const peep = (index: number, x: Name, state: Name) =>
        weights.has("peepholes")
          ? add(graph, x, mul(graph, state, weights.part("peepholes", index * hiddenSize, (index + 1) * hiddenSize)))
          : x;
      const inputGate = gateOf(graph, peep(0, gates[0]!, cell!));
      const forgetGate = gateOf(graph, peep(1, gates[1]!, cell!));
      const sum = add(graph, mul(graph, forgetGate, cell!), mul(graph, inputGate, activate(graph, gates[2]!)));
      const next = cellClip === undefined ? sum : clip(graph, sum, -cellClip, cellClip);
      const outputGate = gateOf(graph, peep(2, gates[3]!, next));
      const shown = gateLayerNorm ? layerNorm(graph, next, weights.get("gain_cell"), biasOf("bias_cell")) : next;
      const full = mul(graph, outputGate, activate(graph, shown));
      const projected = projectionSize === undefined ? full : linear(graph, full, weights, "weight_hr");
      return [zonedOut(graph, rates.hidden ?? 0, hidden!, projected), zonedOut(graph, rates.cell ?? 0, cell!, next)];
    },
  };
}

/** What is expected of a state of which a share keeps its old value. */
function zonedOut(graph: GraphBuilder, rate: number, previous: Name, next: Name): Name {
  if (rate === 0) return next;
  return add(graph, mul(graph, previous, graph.number(rate)), mul(graph, next, graph.number(1 - rate)));
}

function gruCell(section: SectionOf<"gru">, hiddenSize: number, weights: Weights): ExportedCell {
  const gateOf = activation(section.recurrentActivation ?? "sigmoid");
  const activate = activation(section.activation ?? "tanh");
  const { resetAfter = true } = section;
  const product = (graph: GraphBuilder, x: Name, from: number, to: number) => {
    const [start, end] = [from * hiddenSize, to * hiddenSize];
    const plain = graph.node("MatMul", [x, weights.transposed("weight_hh", start, end)]);
    return weights.has("bias_hh") ? add(graph, plain, weights.part("bias_hh", start, end)) : plain;
  };
  return {
    states: [hiddenState(hiddenSize)],
    inputPart: ofInput(weights),
    step: (graph, input, [hidden]) => {
      const inputs = parts(graph, input, 3);
      const gates = parts(graph, product(graph, hidden!, 0, 2), 2);
      const resetGate = gateOf(graph, add(graph, inputs[0]!, gates[0]!));
      const updateGate = gateOf(graph, add(graph, inputs[1]!, gates[1]!));
      const reset = resetAfter
        ? mul(graph, resetGate, product(graph, hidden!, 2, 3))
        : product(graph, mul(graph, resetGate, hidden!), 2, 3);
      const candidate = activate(graph, add(graph, inputs[2]!, reset));
      return [add(graph, candidate, mul(graph, updateGate, sub(graph, hidden!, candidate)))];
    },
  };
}

function rnnCell(section: SectionOf<"rnn">, hiddenSize: number, weights: Weights): ExportedCell {
  const activate = activation(section.activation);
  return {
    states: [hiddenState(hiddenSize)],
    inputPart: ofInput(weights),
    step: (graph, input, [hidden]) => [
      activate(graph, add(graph, input, linear(graph, hidden!, weights, "weight_hh", "bias_hh"))),
    ],
  };
}

function mguCell(hiddenSize: number, weights: Weights): ExportedCell {
  return {
    states: [hiddenState(hiddenSize)],
    inputPart: ofInput(weights),
    step: (graph, input, [hidden]) => {
      const inputs = parts(graph, input, 2);
      const gate = (index: number, seen: Name) => {
        const [start, end] = [index * hiddenSize, (index + 1) * hiddenSize];
        const product = graph.node("MatMul", [seen, weights.transposed("weight_hh", start, end)]);
        return add(graph, inputs[index]!, add(graph, product, weights.part("bias_hh", start, end)));
      };
      const forgetGate = sigmoid(graph, gate(0, hidden!));
      const candidate = tanh(graph, gate(1, mul(graph, forgetGate, hidden!)));
      return [add(graph, hidden!, mul(graph, forgetGate, sub(graph, candidate, hidden!)))];
    },
  };
}

function cifgCell(hiddenSize: number, weights: Weights): ExportedCell {
  return {
    states: [hiddenState(hiddenSize), cellState(hiddenSize)],
    inputPart: ofInput(weights),
    step: (graph, input, [hidden, cell]) => {
      const gates = parts(graph, add(graph, input, linear(graph, hidden!, weights, "weight_hh", "bias_hh")), 3);
      const candidate = tanh(graph, gates[1]!);
      const kept = mul(graph, sigmoid(graph, gates[0]!), sub(graph, cell!, candidate));
      const next = add(graph, candidate, kept);
      return [mul(graph, sigmoid(graph, gates[2]!), tanh(graph, next)), next];
    },
  };
}
