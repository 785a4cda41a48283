/**
 * The cells that no operator of ONNX has, one step each: what the graph inside a loop consists of. They follow the cells of
 * `@cellstate/lstm-core`, where the papers stand.
 */
import type { ActivationName } from "@cellstate/lstm-core";
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { OnnxExportError } from "../errors.ts";
import { exportedActivations } from "./activations.ts";
import { add, clip, div, mul, parts, reshape, sigmoid, sub, tanh, transpose } from "./formulas.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import { linear, type Weights } from "./weights.ts";

/** One tensor of a cell's state, `[batch, size]`. */
interface StateTensor {
  readonly name: string;
  readonly size: number;
  /** The value that it starts with. */
  readonly start: number;
}

export interface ExportedCell {
  /** The hidden state first. */
  readonly states: readonly StateTensor[];
  /** What a step needs of its input, for all steps at once: `[time, batch, inputSize]` to `[time, batch, rows]`. */
  readonly inputPart: (graph: GraphBuilder, x: Name) => Name;
  /** @param input  a step's part of what `inputPart` gave, `[batch, rows]` */
  readonly step: (graph: GraphBuilder, input: Name, states: readonly Name[]) => Name[];
}

type SectionOf<Kind extends RecurrentSection["kind"]> = Extract<RecurrentSection, { kind: Kind }>;

const hiddenState = (size: number): StateTensor => ({ name: "hidden", size, start: 0 });
const cellState = (size: number): StateTensor => ({ name: "cell", size, start: 0 });

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
      return slstmCell(hiddenSize, weights);
    default:
      throw new OnnxExportError(`recurrent layers of kind ${section.kind} cannot be written as ONNX`);
  }
}

const ofInput = (weights: Weights) => (graph: GraphBuilder, x: Name) =>
  linear(graph, x, weights, "weight_ih", "bias_ih");

function activation(name: ActivationName): (graph: GraphBuilder, x: Name) => Name {
  const found = exportedActivations[name];
  if (found === undefined) throw new OnnxExportError(`the activation ${name} cannot be written as ONNX`);
  return found;
}

function lstmCell(section: SectionOf<"lstm">, hiddenSize: number, weights: Weights): ExportedCell {
  const gateOf = activation(section.recurrentActivation ?? "sigmoid");
  const activate = activation(section.activation ?? "tanh");
  const { cellClip, gateLayerNorm = false, projectionSize } = section;
  const stateSize = projectionSize ?? hiddenSize;
  const { zoneout = 0 } = section;
  const rates = typeof zoneout === "number" ? { hidden: zoneout, cell: zoneout } : zoneout;
  const product = (graph: GraphBuilder, x: Name, side: "ih" | "hh") => {
    if (!gateLayerNorm) return linear(graph, x, weights, `weight_${side}`, `bias_${side}`);
    const plain = graph.node("MatMul", [x, weights.transposed(`weight_${side}`)]);
    return normalize(graph, plain, weights.get(`gain_${side}`), weights.get(`bias_${side}`));
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
      const shown = gateLayerNorm ? normalize(graph, next, weights.get("gain_cell"), weights.get("bias_cell")) : next;
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

function normalize(graph: GraphBuilder, x: Name, gain: Name, bias: Name): Name {
  return graph.node("LayerNormalization", [x, gain, bias], { axis: { int: -1 }, epsilon: { float: 1e-5 } });
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

/** Below every logarithm of a gate, and the least forget gate; both as in `@cellstate/lstm-core`. */
const NO_INPUT_YET = -1e30;
const SMALLEST_GATE = 1e-37;

function slstmCell(hiddenSize: number, weights: Weights): ExportedCell {
  const plain = (name: string, start = 0) => ({ name, size: hiddenSize, start });
  return {
    states: [hiddenState(hiddenSize), cellState(hiddenSize), plain("normalizer"), plain("stabilizer", NO_INPUT_YET)],
    inputPart: ofInput(weights),
    step: (graph, input, [hidden, cell, normalizer, stabilizer]) => {
      const gates = parts(graph, add(graph, input, headProducts(graph, hidden!, weights)), 4);
      const kept = graph.node("Max", [sigmoid(graph, gates[1]!), graph.number(SMALLEST_GATE)]);
      const faded = add(graph, graph.node("Log", [kept]), stabilizer!);
      const raised = graph.node("Max", [faded, gates[0]!]);
      const inputGate = graph.node("Exp", [sub(graph, gates[0]!, raised)]);
      const forgetGate = mul(graph, kept, graph.node("Exp", [sub(graph, stabilizer!, raised)]));
      const nextCell = add(graph, mul(graph, forgetGate, cell!), mul(graph, inputGate, tanh(graph, gates[2]!)));
      const nextNormalizer = add(graph, mul(graph, forgetGate, normalizer!), inputGate);
      const nextHidden = mul(graph, sigmoid(graph, gates[3]!), div(graph, nextCell, nextNormalizer));
      return [nextHidden, nextCell, nextNormalizer, raised];
    },
  };
}

/** Hidden products where each unit sees the units of its own head: `[batch, hiddenSize]` to `[batch, 4 * hiddenSize]`. */
function headProducts(graph: GraphBuilder, hidden: Name, weights: Weights): Name {
  const { shape, data } = weights.read("weight_hh");
  const [rows, headSize] = shape as [number, number];
  const heads = rows / 4 / headSize;
  // Head by head, with the axes of each block exchanged: [heads, headSize, 4 * headSize].
  const blocks = weights.made("weight_hh.heads", () => {
    const ordered = new Float64Array(rows * headSize);
    for (let row = 0; row < rows; row++) {
      const [gate, head, unit] = [
        Math.floor(row / (heads * headSize)),
        Math.floor(row / headSize) % heads,
        row % headSize,
      ];
      for (let column = 0; column < headSize; column++) {
        const place = (head * headSize + column) * 4 * headSize + gate * headSize + unit;
        ordered[place] = data[row * headSize + column]!;
      }
    }
    return { shape: [heads, headSize, 4 * headSize], data: ordered };
  });
  const byHead = transpose(graph, reshape(graph, hidden, [-1, heads, headSize]), [1, 0, 2]); // [heads, batch, headSize]
  const products = reshape(graph, graph.node("MatMul", [byHead, blocks]), [heads, -1, 4, headSize]);
  return reshape(graph, transpose(graph, products, [1, 2, 0, 3]), [-1, rows]);
}
