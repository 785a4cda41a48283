/** Stacks of recurrent layers as nodes, as `RecurrentLayers` of `@cellstate/lstm-core` runs them in evaluation. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { OnnxExportError } from "../errors.ts";
import type { ExportedCell } from "./cell.ts";
import { exportedCell } from "./cells.ts";
import { add, mul, sigmoid, sub } from "./formulas.ts";
import { fusedLayer, fusedOperator } from "./fused-layer.ts";
import type { GraphBuilder, Name } from "./graph-builder.ts";
import { type LayerInputs, type LayerOutputs, singleStep, walkedLayer } from "./layer.ts";
import type { Ragged } from "./ragged.ts";
import { linear, type Weights } from "./weights.ts";

export interface StackInputs {
  readonly section: RecurrentSection;
  /** Of the stack, by PyTorch's names. */
  readonly weights: Weights;
  /** `[time, batch, inputSize]` */
  readonly x: Name;
  /** Undefined where all steps are real. */
  readonly ragged: Ragged | undefined;
  /** Whether `x` is a single step, real in all rows. Default false. */
  readonly isOneStep?: boolean;
  /** Of each layer and direction. Undefined: as cells start. */
  readonly initial?: readonly (readonly Name[])[] | undefined;
}

export interface StackOutputs {
  /** `[time, batch, outputSize]`: of the top layer, zeros on padding. */
  readonly output: Name;
  /** `[batch, outputSize]`: of the top layer at the end of each direction's walk. */
  readonly lastOutput: Name;
  /** Of each layer and direction, the hidden state first. */
  readonly states: readonly (readonly Name[])[];
}

/** All options of all kinds that this file and `cells.ts` follow, or that matter in training alone. */
const knownOptions = new Set([
  ...["kind", "hiddenSize", "numLayers", "bidirectional", "mergeMode", "readingOrder", "residual", "highway"],
  ...["projectionSize", "peepholes", "gateLayerNorm", "cellClip", "activation", "recurrentActivation", "zoneout"],
  ...["bias", "resetAfter", "heads", "chunkSize", "block"],
  ...["initializers", "activationPenalty", "temporalActivationPenalty", "inputDropout"],
  ...["dropout", "recurrentDropout", "variationalDropout", "weightDrop", "layerNorm", "inputFeeding", "tieEmbeddings"],
]);

/** @throws {OnnxExportError} if the layers have an option that cannot be written */
export function recurrentStack(graph: GraphBuilder, inputs: StackInputs): StackOutputs {
  const { section, weights, ragged, initial } = inputs;
  const unknown = Object.entries(section).find(([name, value]) => value !== undefined && !knownOptions.has(name));
  if (unknown !== undefined)
    throw new OnnxExportError(`the option ${unknown[0]} of recurrent layers cannot be written as ONNX`);
  const directions = section.bidirectional ? 2 : 1;
  const states: (readonly Name[])[] = [];
  let output = inputs.x;
  let lastOutput = "";
  hiddenSizesOf(section).forEach((hiddenSize, layer) => {
    const below = output;
    const results = Array.from({ length: directions }, (_, direction) =>
      runLayer(graph, inputs, {
        x: below,
        ragged,
        initial: initial?.[layer * directions + direction],
        reverse: direction === 1 || readsBack(section, layer),
        hiddenSize,
        weights: weights.within("", direction === 0 ? `_l${layer}` : `_l${layer}_reverse`),
      }),
    );
    states.push(...results.map((result) => result.states));
    const above = merged(
      graph,
      section,
      results.map((result) => result.output),
    );
    const last = merged(
      graph,
      section,
      results.map((result) => result.states[0]!),
    );
    const isConnected = layer > 0 && (section.residual === true || section.highway === true);
    const own = weights.within("", `_l${layer}`);
    const joined = isConnected ? connected(graph, section, own, above, below) : above;
    // Only the sigmoid's gate is not 0 on padding.
    output =
      isConnected && section.highway && ragged ? graph.node("Where", [ragged.isReal, joined, graph.number(0)]) : joined;
    lastOutput = isConnected ? connected(graph, section, own, last, lastOutput) : last;
  });
  return { output, lastOutput, states };
}

/** The cells of all layers and directions, for those who hand over their states. */
export function stackCells(section: RecurrentSection, weights: Weights): ExportedCell[] {
  return hiddenSizesOf(section).map((hiddenSize, layer) =>
    exportedCell(section, hiddenSize, weights.within("", `_l${layer}`)),
  );
}

function hiddenSizesOf({ hiddenSize, numLayers }: RecurrentSection): readonly number[] {
  return typeof hiddenSize === "number" ? new Array<number>(numLayers ?? 1).fill(hiddenSize) : hiddenSize;
}

function readsBack({ readingOrder = "forward" }: RecurrentSection, layer: number): boolean {
  return readingOrder === "reverse" || (readingOrder === "alternating" && layer % 2 === 1);
}

function runLayer(graph: GraphBuilder, { section, isOneStep = false }: StackInputs, inputs: LayerInputs): LayerOutputs {
  const operator = fusedOperator(section);
  if (operator) return fusedLayer(graph, operator, inputs);
  const cell = exportedCell(section, inputs.hiddenSize, inputs.weights);
  return isOneStep && inputs.initial ? singleStep(graph, cell, inputs) : walkedLayer(graph, cell, inputs);
}

/** What both directions gave, as one. */
function merged(graph: GraphBuilder, { mergeMode = "concat" }: RecurrentSection, both: readonly Name[]): Name {
  const [first, second] = both;
  if (second === undefined) return first!;
  switch (mergeMode) {
    case "concat":
      return graph.node("Concat", both, { axis: { int: -1 } });
    case "sum":
      return add(graph, first!, second);
    case "mul":
      return mul(graph, first!, second);
    case "average":
      return mul(graph, add(graph, first!, second), graph.number(0.5));
    default:
      throw new OnnxExportError(`the merge mode ${mergeMode} cannot be written as ONNX`);
  }
}

/** What leads around a layer: its input added to its output, or mixed with it by a gate. */
function connected(graph: GraphBuilder, section: RecurrentSection, weights: Weights, above: Name, below: Name): Name {
  if (!section.highway) return add(graph, above, below);
  const share = sigmoid(graph, linear(graph, below, weights, "weight_highway", "bias_highway"));
  return add(graph, below, mul(graph, share, sub(graph, above, below)));
}
