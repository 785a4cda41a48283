/** The cells of the xLSTM, and the residual blocks around them, one step each; `xlstm/` of `@cellstate/lstm-core` says where they come from. */
import { exportedActivations } from "./activations.ts";
import { cellState, type ExportedCell, hiddenState, ofInput, type StateTensor } from "./cell.ts";
import { add, concat, div, layerNorm, mul, parts, reshape, sigmoid, split, sub, tanh, transpose } from "./formulas.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import { linear, type Weights } from "./weights.ts";

/** Below every logarithm of a gate, and the least forget gate; both as in `@cellstate/lstm-core`. */
const NO_INPUT_YET = -1e30;
const SMALLEST_GATE = 1e-37;
/** Steps that the convolution of a block sees: the step itself and those before it. */
const TAPS = 4;

const swish = exportedActivations.swish!;
const gelu = exportedActivations.gelu!;

/** Input and forget gate, kept small by the stabilizer; all `[batch, units or heads]`. */
function exponentialGates(graph: GraphBuilder, input: Name, forget: Name, stabilizer: Name) {
  const kept = graph.node("Max", [sigmoid(graph, forget), graph.number(SMALLEST_GATE)]);
  const next = graph.node("Max", [add(graph, graph.node("Log", [kept]), stabilizer), input]);
  return {
    inputGate: graph.node("Exp", [sub(graph, input, next)]),
    forgetGate: mul(graph, kept, graph.node("Exp", [sub(graph, stabilizer, next)])),
    stabilizer: next,
  };
}

export function slstmCell(hiddenSize: number, weights: Weights): ExportedCell {
  return {
    states: [hiddenState(hiddenSize), ...slstmStates(hiddenSize)],
    inputPart: ofInput(weights),
    step: (graph, input, states) => slstmStep(graph, input, states, weights),
  };
}

/** What an sLSTM keeps beside its hidden state. */
function slstmStates(size: number): StateTensor[] {
  return [cellState(size), { name: "normalizer", size, start: 0 }, { name: "stabilizer", size, start: NO_INPUT_YET }];
}

/** @param inputs  the inputs' part of the gates, `[batch, 4 * hiddenSize]` */
function slstmStep(graph: GraphBuilder, inputs: Name, states: readonly Name[], weights: Weights): Name[] {
  const [hidden, cell, normalizer, previous] = states as [Name, Name, Name, Name];
  const gates = parts(graph, add(graph, inputs, headProducts(graph, hidden, weights)), 4);
  const { inputGate, forgetGate, stabilizer } = exponentialGates(graph, gates[0]!, gates[1]!, previous);
  const nextCell = add(graph, mul(graph, forgetGate, cell), mul(graph, inputGate, tanh(graph, gates[2]!)));
  const nextNormalizer = add(graph, mul(graph, forgetGate, normalizer), inputGate);
  const nextHidden = mul(graph, sigmoid(graph, gates[3]!), div(graph, nextCell, nextNormalizer));
  return [nextHidden, nextCell, nextNormalizer, stabilizer];
}

function headsOfSlstm(weights: Weights): { readonly heads: number; readonly headSize: number } {
  const [rows, headSize] = weights.read("weight_hh").shape as [number, number];
  return { heads: rows / 4 / headSize, headSize };
}

/** Hidden products where each unit sees the units of its own head: `[batch, hiddenSize]` to `[batch, 4 * hiddenSize]`. */
function headProducts(graph: GraphBuilder, hidden: Name, weights: Weights): Name {
  const { heads, headSize } = headsOfSlstm(weights);
  const rows = 4 * heads * headSize;
  // Head by head, with the axes of each block exchanged: [heads, headSize, 4 * headSize].
  const blocks = weights.made("weight_hh.heads", () => {
    const { data } = weights.read("weight_hh");
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

export function mlstmCell(hiddenSize: number, weights: Weights): ExportedCell {
  const memory = memoryOf(hiddenSize, weights);
  return {
    states: [hiddenState(hiddenSize), ...memory.states],
    inputPart: (graph, x) => {
      const projected = linear(graph, x, weights, "weight_ih", "bias_ih");
      return concat(graph, [projected, linear(graph, x, weights, "weight_gates", "bias_gates")]);
    },
    step: (graph, input, [, ...states]) => {
      const sizes = [3 * hiddenSize, hiddenSize, 2 * memory.heads];
      const [vectors, output, logs] = split(graph, input, sizes) as [Name, Name, Name];
      const { found, next } = memory.read(graph, vectors, logs, states);
      return [mul(graph, sigmoid(graph, output), found), ...next];
    },
  };
}

/** The memory of an mLSTM of so many features: what is kept of it, and a step that takes in a value and finds another. */
function memoryOf(size: number, weights: Weights) {
  const heads = weights.read("bias_gates").shape[0]! / 2;
  const headSize = size / heads;
  const states: StateTensor[] = [
    { name: "memory", size: size * headSize, start: 0 },
    { name: "normalizer", size, start: 0 },
    { name: "stabilizer", size: heads, start: NO_INPUT_YET },
  ];
  /**
   * @param vectors  query, key, value: `[batch, 3 * size]`
   * @param logs     pre-activations of input and forget gates, `[batch, 2 * heads]`
   */
  const read = (graph: GraphBuilder, vectors: Name, logs: Name, kept: readonly Name[]) => {
    const [memory, normalizer, previous] = kept as [Name, Name, Name];
    const [query, key, value] = parts(graph, vectors, 3).map((x) => reshape(graph, x, [-1, heads, 1, headSize]));
    const [input, forget] = parts(graph, logs, 2) as [Name, Name];
    const gates = exponentialGates(graph, input, forget, previous);
    const [inputGate, forgetGate, stabilizer] = [gates.inputGate, gates.forgetGate, gates.stabilizer].map((gate) =>
      reshape(graph, gate, [-1, heads, 1, 1]),
    ) as [Name, Name, Name];
    const scaled = mul(graph, transpose(graph, key!, [0, 1, 3, 2]), graph.number(1 / Math.sqrt(headSize)));
    const taken = mul(graph, scaled, inputGate); // [batch, heads, headSize, 1]
    const faded = (x: Name, width: number) => mul(graph, reshape(graph, x, [-1, heads, headSize, width]), forgetGate);
    const nextMemory = add(graph, faded(memory, headSize), graph.node("MatMul", [taken, value!]));
    const nextNormalizer = add(graph, faded(normalizer, 1), taken);
    const known = graph.node("Abs", [graph.node("MatMul", [query!, nextNormalizer])]);
    const least = graph.node("Exp", [graph.node("Neg", [stabilizer])]);
    const found = div(graph, graph.node("MatMul", [query!, nextMemory]), graph.node("Max", [known, least]));
    return {
      found: reshape(graph, found, [-1, size]),
      next: [
        reshape(graph, nextMemory, [-1, size * headSize]),
        reshape(graph, nextNormalizer, [-1, size]),
        gates.stabilizer,
      ],
    };
  };
  return { heads, states, read };
}

export function slstmBlock(hiddenSize: number, weights: Weights): ExportedCell {
  const { heads } = headsOfSlstm(weights);
  return {
    states: [
      hiddenState(hiddenSize),
      { name: "cell_hidden", size: hiddenSize, start: undefined },
      ...slstmStates(hiddenSize),
      convInputs(hiddenSize),
    ],
    inputPart: (graph, x) => {
      const residual = residualOf(graph, x, weights);
      const normalized = normalize(graph, residual, weights, "norm");
      return concat(graph, [residual, normalized, gatesOf(graph, normalized, weights, 1)]);
    },
    step: (graph, input, [, ...states]) => {
      const [residual, normalized, later] = split(graph, input, [hiddenSize, hiddenSize, 2 * hiddenSize]);
      const conv = causalConv(graph, normalized!, states.at(-1)!, weights);
      const gates = concat(graph, [gatesOf(graph, swish(graph, conv.output), weights, 0), later!]);
      const next = slstmStep(graph, gates, states, weights);
      const joined = add(graph, residual!, headNorm(graph, next[0]!, heads, weights));
      const up = linear(graph, normalize(graph, joined, weights, "up_norm"), weights, "weight_up");
      const [gate, value] = parts(graph, up, 2) as [Name, Name];
      const down = linear(graph, mul(graph, gelu(graph, gate), value), weights, "weight_down");
      return [add(graph, joined, down), ...next, conv.after];
    },
  };
}

/** The first half of an sLSTM's gates, or the second one. */
function gatesOf(graph: GraphBuilder, x: Name, weights: Weights, half: 0 | 1): Name {
  const size = weights.read("weight_ih").shape[0]! / 2;
  const [from, to] = [half * size, (half + 1) * size];
  const product = graph.node("MatMul", [x, weights.transposed("weight_ih", from, to)]);
  return add(graph, product, weights.part("bias_ih", from, to));
}

export function mlstmBlock(hiddenSize: number, weights: Weights): ExportedCell {
  const innerSize = 2 * hiddenSize;
  const memory = memoryOf(innerSize, weights);
  return {
    states: [hiddenState(hiddenSize), ...memory.states, convInputs(innerSize)],
    inputPart: (graph, x) => {
      const residual = residualOf(graph, x, weights);
      return concat(graph, [
        residual,
        linear(graph, normalize(graph, residual, weights, "norm"), weights, "weight_up"),
      ]);
    },
    step: (graph, input, [, ...states]) => {
      const [residual, inner, gate] = split(graph, input, [hiddenSize, innerSize, innerSize]) as [Name, Name, Name];
      const conv = causalConv(graph, inner, states.at(-1)!, weights);
      const convolved = swish(graph, conv.output);
      const mixed = (x: Name, weight: string) => mixGroups(graph, x, weights, weight);
      const vectors = concat(graph, [
        mixed(convolved, "weight_query"),
        mixed(convolved, "weight_key"),
        mixed(inner, "weight_value"),
      ]);
      const logs = linear(graph, vectors, weights, "weight_gates", "bias_gates");
      const { found, next } = memory.read(graph, vectors, logs, states);
      const normalized = headNorm(graph, found, memory.heads, weights);
      const hidden = add(graph, normalized, mul(graph, convolved, weights.get("skip")));
      const down = linear(graph, mul(graph, hidden, swish(graph, gate)), weights, "weight_down");
      return [add(graph, residual, down), ...next, conv.after];
    },
  };
}

/** What the convolution still sees of the steps before, the oldest first. */
const convInputs = (features: number): StateTensor => ({
  name: "conv_inputs",
  size: (TAPS - 1) * features,
  start: 0,
});

/** Each feature by itself over the step and those before it. */
function causalConv(graph: GraphBuilder, x: Name, before: Name, weights: Weights): { output: Name; after: Name } {
  const seen = [...parts(graph, before, TAPS - 1), x];
  const terms = seen.map((step, tap) => {
    const filter = weights.made(`conv_weight.tap${tap}`, () => {
      const { shape, data } = weights.read("conv_weight");
      return { shape: [shape[0]!], data: Array.from({ length: shape[0]! }, (_, row) => data[row * TAPS + tap]!) };
    });
    return mul(graph, step, filter);
  });
  return {
    output: terms.reduce((sum, term) => add(graph, sum, term), weights.get("conv_bias")),
    after: concat(graph, seen.slice(1)),
  };
}

function residualOf(graph: GraphBuilder, x: Name, weights: Weights): Name {
  return weights.has("weight_in") ? linear(graph, x, weights, "weight_in") : x;
}

function normalize(graph: GraphBuilder, x: Name, weights: Weights, name: string): Name {
  return layerNorm(graph, x, weights.get(`${name}_gain`), weights.get(`${name}_bias`));
}

/** Normalizes the units of each head by themselves: `[batch, units]` to the same, with a gain for each unit. */
function headNorm(graph: GraphBuilder, x: Name, heads: number, weights: Weights): Name {
  const units = weights.read("head_gain").shape[0]!;
  const size = units / heads;
  const [ones, zeros] = [graph.filled(size, 1), graph.filled(size, 0)];
  const byHead = layerNorm(graph, reshape(graph, x, [-1, heads, size]), ones, zeros);
  return mul(graph, reshape(graph, byHead, [-1, units]), weights.get("head_gain"));
}

/** Features times a matrix group by group: `[batch, features]` to the same. */
function mixGroups(graph: GraphBuilder, x: Name, weights: Weights, name: string): Name {
  const [groups, size] = weights.read(name).shape as [number, number, number];
  const matrices = weights.made(`${name}.transposed`, () => {
    const { shape, data } = weights.read(name);
    const at = (index: number) => {
      const [group, row, column] = [Math.floor(index / (size * size)), Math.floor(index / size) % size, index % size];
      return data[(group * size + column) * size + row]!;
    };
    return { shape, data: Array.from({ length: data.length }, (_, index) => at(index)) };
  });
  const products = graph.node("MatMul", [reshape(graph, x, [-1, groups, 1, size]), matrices]);
  return reshape(graph, products, [-1, groups * size]);
}
