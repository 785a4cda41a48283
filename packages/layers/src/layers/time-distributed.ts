/** TimeDistributed: a layer applied to each step of a sequence by itself. */
import { OptionError, reshape, type Tensor } from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import type { RunContext } from "../graph/value.ts";
import { type LayerShape, shapeText } from "../shape.ts";

export interface TimeDistributedOptions {
  /** What is applied to each step. */
  readonly layer: Layer<unknown>;
}

export const timeDistributedKind: LayerKind<TimeDistributedOptions> = {
  className: "TimeDistributed",
  optionNames: { layer: true },
  plan({ layer }, inputs, owner) {
    const [input] = inputs as [LayerShape];
    if (inputs.length !== 1 || input.length < 2) {
      throw new ModelError(
        `${owner}: expected one input of shape (batch, time, ...), got ${inputs.map(shapeText).join(" and ")}`,
      );
    }
    if (!(layer instanceof Layer)) throw new OptionError(owner, "its layer", "a layer, such as dense(1)", typeof layer);
    const inner = layer.kind.plan(layer.options, [input.slice(1)], `${owner} of ${layer.title}`);
    const seqLen = input[0]!;
    return {
      outputs: inner.outputs.map((shape) => [seqLen, ...shape]),
      ...(inner.weights && { weights: inner.weights }),
      flops: (seqLen ?? 1) * (inner.flops ?? 0),
      make(context) {
        const made = inner.make(context);
        return {
          ...(made.weights && { weights: made.weights }),
          run([x], runContext) {
            const [batchSize, steps, ...rest] = x!.tensor.shape as [number, number, ...number[]];
            const outputs = made.run(
              [{ tensor: reshape(x!.tensor, [batchSize * steps, ...rest]) }],
              stepByStep(runContext, steps),
            );
            const unfold = (tensor: Tensor) => reshape(tensor, [batchSize, steps, ...tensor.shape.slice(1)]);
            return outputs.map(({ tensor, logits }) => ({
              tensor: unfold(tensor),
              mask: x!.mask,
              logits: logits && { kind: logits.kind, tensor: unfold(logits.tensor) },
            }));
          },
          ...(made.resetStates && { resetStates: made.resetStates }),
        };
      },
    };
  },
};

/** Each step of each example has a number of its own, and with it dropout of its own. */
function stepByStep(context: RunContext, steps: number): RunContext {
  const { step } = context;
  if (!step.training) return context;
  const examples = new Int32Array(step.examples.length * steps);
  for (let at = 0; at < examples.length; at++) {
    examples[at] = step.examples[Math.floor(at / steps)]! * steps + (at % steps);
  }
  return { ...context, step: { ...step, examples } };
}

/** Applies `layer`, with one set of weights, to each step: `[batch, time, ...]` to `[batch, time, ...]`. */
export function timeDistributed(layer: Layer<unknown>, options: CommonLayerOptions = {}): Layer {
  return new Layer(timeDistributedKind, { layer, ...options });
}
