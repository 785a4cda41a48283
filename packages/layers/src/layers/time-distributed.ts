/** TimeDistributed: layers applied to each step of a sequence by itself. */
import { OptionError, reshape, type Tensor } from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import {
  type CommonLayerOptions,
  Layer,
  type LayerKind,
  type LayerPlan,
  type MadeLayer,
  type MakeContext,
  refuseActivityRegularizer,
} from "../graph/layer.ts";
import type { RunContext, Value } from "../graph/value.ts";
import { snakeCase } from "../names.ts";
import { type LayerShape, shapeText } from "../shape.ts";

export interface TimeDistributedOptions {
  /** What is applied to each step. */
  readonly layer?: Layer<unknown> | undefined;
  /** What is applied to each step, one layer behind the other, in the place of `layer`. */
  readonly layers?: readonly Layer<unknown>[] | undefined;
}

/** A layer of the chain for the shape that reaches it. */
interface Link {
  readonly plan: LayerPlan;
  /** What names of its weights begin with. */
  readonly prefix: string;
}

export const timeDistributedKind: LayerKind<TimeDistributedOptions> = {
  className: "TimeDistributed",
  optionNames: { layer: true, layers: true },
  plan(options, inputs, owner) {
    const [input] = inputs as [LayerShape];
    if (inputs.length !== 1 || input.length < 2) {
      throw new ModelError(
        `${owner}: expected one input of shape (batch, time, ...), got ${inputs.map(shapeText).join(" and ")}`,
      );
    }
    const [seqLen, ...shape] = input;
    const links = linksOf(innerLayers(owner, options), shape, owner);
    const weights = links.flatMap(({ plan, prefix }) =>
      (plan.weights ?? []).map((spec) => ({ ...spec, name: prefix + spec.name })),
    );
    return {
      outputs: links.at(-1)!.plan.outputs.map((extents) => [seqLen!, ...extents]),
      ...(weights.length > 0 && { weights }),
      flops: (seqLen ?? 1) * links.reduce((sum, { plan }) => sum + (plan.flops ?? 0), 0),
      make: (context) => makeChain(links, context),
    };
  },
};

/** @throws {OptionError} unless they are layers */
function innerLayers(owner: string, { layer, layers }: TimeDistributedOptions): readonly Layer<unknown>[] {
  const given = layers ?? [layer];
  if (!Array.isArray(given) || given.length === 0 || (layers !== undefined && layer !== undefined))
    throw new OptionError(owner, "its layers", "a layer, or a list of them", layers);
  for (const one of given) {
    if (!(one instanceof Layer)) throw new OptionError(owner, "its layer", "a layer, such as dense(1)", typeof one);
    refuseActivityRegularizer(owner, one);
  }
  return given as readonly Layer<unknown>[];
}

function linksOf(layers: readonly Layer<unknown>[], shape: LayerShape, owner: string): Link[] {
  let shapes: readonly LayerShape[] = [shape];
  return layers.map((layer, at) => {
    if (shapes.length !== 1) throw new ModelError(`${owner}: expected layers of one output, but for the last`);
    const plan = layer.kind.plan(layer.options, shapes, `${owner} of ${layer.title}`);
    shapes = plan.outputs;
    const weights = plan.weights?.map((spec) => (layer.trainable ? spec : { ...spec, trainable: false }));
    return {
      plan: { ...plan, ...(weights && { weights }) },
      prefix: layers.length === 1 ? "" : `${snakeCase(layer.className)}_${at}/`,
    };
  });
}

function makeChain(links: readonly Link[], context: MakeContext): MadeLayer {
  const chain = links.map(({ plan, prefix }) =>
    plan.make(prefix === "" ? context : { ...context, stream: context.stream.fork(prefix) }),
  );
  const weights = chain.flatMap((made, at) =>
    Object.entries(made.weights ?? {}).map(([name, parts]) => [links[at]!.prefix + name, parts] as const),
  );
  return {
    weights: Object.fromEntries(weights),
    run([x], runContext) {
      const [batchSize, steps, ...rest] = x!.tensor.shape as [number, number, ...number[]];
      const each = stepByStep(runContext, steps);
      let values: readonly Value[] = [{ tensor: reshape(x!.tensor, [batchSize * steps, ...rest]) }];
      for (const made of chain) values = made.run(values, each);
      const unfold = (tensor: Tensor) => reshape(tensor, [batchSize, steps, ...tensor.shape.slice(1)]);
      return values.map(({ tensor, logits }) => ({
        tensor: unfold(tensor),
        mask: x!.mask,
        logits: logits && { kind: logits.kind, tensor: unfold(logits.tensor) },
      }));
    },
    resetStates() {
      for (const made of chain) made.resetStates?.();
    },
  };
}

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

/** What `timeDistributed` takes: a layer, several, or a model that is a list of layers. */
export type StepLayers =
  | Layer<unknown>
  | readonly Layer<unknown>[]
  | { readonly isSequential: boolean; readonly layers: readonly Layer<unknown>[] };

/**
 * Applies a layer, or several one behind the other, to each step, with one set of weights: `[batch, time, ...]` to `[batch, time, ...]`.
 * Masks that a layer makes within a step, such as of padded words of a sentence, reach the layers behind it.
 *
 * @param layers  a sequential model gives its list of layers, but keeps its weights for itself
 * @throws {OptionError} if it is a model of a graph
 */
export function timeDistributed(layers: StepLayers, options: CommonLayerOptions = {}): Layer {
  if (typeof layers !== "object" || layers instanceof Layer) {
    return new Layer(timeDistributedKind, { layer: layers as Layer<unknown>, ...options });
  }
  const list = "isSequential" in layers ? layers.layers : layers;
  if ("isSequential" in layers && !layers.isSequential) {
    const wanted = "a layer, a list of layers or a sequential model; wrap each layer of a graph by itself";
    throw new OptionError("TimeDistributed", "its layers", wanted, "a model of a graph");
  }
  return new Layer(timeDistributedKind, { layers: list, ...options });
}
