/** A forecaster as an ONNX model. */
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import { add, concat, reshape, transpose } from "./formulas.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { modelFile } from "./model-file.ts";
import { recurrentStack } from "./recurrent-stack.ts";
import { linear, type Parameters, Weights } from "./weights.ts";

export interface ForecasterSource {
  /** The section of the recurrent layers, as a config has it. */
  readonly encoder: RecurrentSection;
  /** `encoder.*`, `output.*` and, where there is a linear layer over the context, `linear.*`. */
  readonly parameters: Parameters;
  /** Steps that it looks back on. */
  readonly context: number;
  /** Numbers of each of them; the first ones are the scaled targets. */
  readonly inputSize: number;
  /** Steps that it forecasts. */
  readonly horizon: number;
  /** Columns that it forecasts together. Default 1. */
  readonly targets?: number | undefined;
  /** Numbers of each step to come that are known before. */
  readonly knownAhead: number;
  /** Numbers that it gives for each step. */
  readonly outputs: number;
  /** What a user must know beside the graph, such as the levels of quantiles; as plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Writes a forecaster: `series` `[batch, context, inputSize]` and, where numbers are known ahead, `ahead` `[batch, horizon, knownAhead]`,
 * to `forecast` `[batch, targets * horizon, outputs]`, the steps of one target after those of another. All are scaled as in training.
 *
 * @returns an ONNX file, opset 17, with the facts in its metadata
 * @throws {OnnxExportError} naming the option or kind of layers that cannot be written
 */
export function exportForecaster(source: ForecasterSource): Uint8Array {
  const { encoder, parameters, context, inputSize, horizon, targets = 1, knownAhead, outputs, facts } = source;
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parameters);
  const series = graph.input("series", "float32", ["batch", context, inputSize]);
  const stack = recurrentStack(graph, {
    section: encoder,
    weights: weights.within("encoder."),
    x: transpose(graph, series, [1, 0, 2]),
    ragged: undefined,
  });
  const ahead = knownAhead === 0 ? undefined : graph.input("ahead", "float32", ["batch", horizon, knownAhead]);
  const features =
    ahead === undefined
      ? stack.lastOutput
      : concat(graph, [stack.lastOutput, reshape(graph, ahead, [0, horizon * knownAhead])]);
  const recurrent = linear(graph, features, weights, "output.weight", "output.bias");
  const past = () => {
    if (targets === 1) return graph.node("Gather", [series, graph.int(0)], { axis: { int: 2 } }); // [batch, context]
    const own = graph.node("Gather", [series, graph.ints(Array.from({ length: targets }, (_, at) => at))], {
      axis: { int: 2 },
    });
    return reshape(graph, transpose(graph, own, [0, 2, 1]), [-1, context]); // [batch * targets, context]
  };
  const ofLinear = () => linear(graph, past(), weights, "linear.weight", "linear.bias");
  const both = weights.has("linear.weight")
    ? add(graph, recurrent, targets === 1 ? ofLinear() : reshape(graph, ofLinear(), [-1, targets * horizon * outputs]))
    : recurrent;
  const forecast = reshape(graph, both, [0, targets * horizon, outputs]);
  graph.output("forecast", forecast, "float32", ["batch", targets * horizon, outputs]);
  return modelFile(graph.graph("forecaster"), facts);
}
