/** TimeDistributed: layers, or a model of them, applied to each step of a sequence by itself. */
import { OptionError, reshape, type Tensor } from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import {
  type CommonLayerOptions,
  Layer,
  type LayerKind,
  type LayerPlan,
  type MadeLayer,
  type MakeContext,
  refuseActivityRegularizer,
} from "../graph/layer.ts";
import { isNumberedGraph, type NumberedGraph, numberedGraph, type TensorPlace } from "../graph/numbered-graph.ts";
import type { RunContext, Value } from "../graph/value.ts";
import { snakeCase } from "../names.ts";
import { type LayerShape, shapeText } from "../shape.ts";
import type { WeightSpec } from "../weights/weight.ts";

/** Exactly one of them is given. */
export interface TimeDistributedOptions {
  /** What is applied to each step. */
  readonly layer?: Layer<unknown> | undefined;
  /** What is applied to each step, one layer behind the other. */
  readonly layers?: readonly Layer<unknown>[] | undefined;
  /** What is applied to each step: a graph of one input. */
  readonly graph?: NumberedGraph | undefined;
}

/** A layer within, made once however often it is applied. */
interface Member {
  readonly layer: Layer<unknown>;
  readonly plan: LayerPlan;
  /** What names of its weights begin with. */
  readonly prefix: string;
}

/** An application of a layer within. */
interface Application {
  readonly member: Member;
  readonly inputs: readonly TensorPlace[];
  readonly outputs: readonly LayerShape[];
}

/** What happens at each step. */
export interface StepPlan {
  readonly members: readonly Member[];
  /** By the node's number; none of the input. */
  readonly applications: readonly (Application | undefined)[];
  readonly outputs: readonly TensorPlace[];
}

export const timeDistributedKind: LayerKind<TimeDistributedOptions> = {
  className: "TimeDistributed",
  optionNames: { layer: true, layers: true, graph: true },
  plan(options, inputs, owner) {
    const [input] = inputs as [LayerShape];
    if (inputs.length !== 1 || input.length < 2) {
      throw new ModelError(
        `${owner}: expected one input of shape (batch, time, ...), got ${inputs.map(shapeText).join(" and ")}`,
      );
    }
    const [seqLen, ...shape] = input;
    const plan = planSteps(options, shape, owner);
    const weights = plan.members.flatMap(({ plan: { weights: own = [] }, prefix }) =>
      own.map((spec) => ({ ...spec, name: prefix + spec.name })),
    );
    const applied = plan.applications.filter((application) => application !== undefined);
    return {
      outputs: plan.outputs.map((place) => [seqLen!, ...shapeIn(plan, shape, place)]),
      ...(weights.length > 0 && { weights }),
      flops: (seqLen ?? 1) * applied.reduce((sum, { member }) => sum + (member.plan.flops ?? 0), 0),
      make: (context) => makeSteps(plan, context),
    };
  },
};

/** @param shape  of one step */
export function planSteps(options: TimeDistributedOptions, shape: LayerShape, owner: string): StepPlan {
  return options.graph === undefined ? planChain(options, shape, owner) : planGraph(options, shape, owner);
}

/** The shape at a place, where the input has the shape of one step. */
export function shapeIn(
  { applications }: Pick<StepPlan, "applications">,
  shape: LayerShape,
  [node, output]: TensorPlace,
): LayerShape {
  const application = applications[node];
  return application === undefined ? shape : application.outputs[output]!;
}

function planChain({ layer, layers }: TimeDistributedOptions, shape: LayerShape, owner: string): StepPlan {
  const given = (layers ?? [layer]) as readonly Layer<unknown>[]; // what is none is refused one by one
  if (!Array.isArray(given) || given.length === 0 || (layers !== undefined && layer !== undefined))
    throw new OptionError(owner, "its layers", "a layer, or a list of them", layers);
  let shapes: readonly LayerShape[] = [shape];
  const members = given.map((one, at): Member => {
    if (shapes.length !== 1) throw new ModelError(`${owner}: expected layers of one output, but for the last`);
    const plan = planMember(one, shapes, owner);
    shapes = plan.outputs;
    return { layer: one, plan, prefix: given.length === 1 ? "" : prefixOf(one, at) };
  });
  const applications = members.map(
    (member, at): Application => ({ member, inputs: [[at, 0]], outputs: member.plan.outputs }),
  );
  return {
    members,
    applications: [undefined, ...applications],
    outputs: shapes.map((_, output) => [members.length, output]),
  };
}

function planGraph({ layer, layers, graph }: TimeDistributedOptions, shape: LayerShape, owner: string): StepPlan {
  if (layer !== undefined || layers !== undefined || !isNumberedGraph(graph))
    throw new OptionError(owner, "its graph", "a graph alone, with lists of layers, nodes, inputs and outputs", graph);
  if (graph.inputs.length !== 1)
    throw new ModelError(`${owner}: expected a model of one input, got one of ${graph.inputs.length}`);
  const members = new Map<Layer<unknown>, Member>();
  const applications: (Application | undefined)[] = [];
  for (const [node, { layer: number, inputs }] of graph.nodes.entries()) {
    const one = graph.layers[number]!;
    if (node === graph.inputs[0]![0]) {
      requireFitting(owner, one, shape);
      applications.push(undefined);
      continue;
    }
    const shapes = inputs.map((place) => shapeIn({ applications }, shape, place));
    const plan = planMember(one, shapes, owner);
    const member = members.get(one) ?? { layer: one, plan, prefix: prefixOf(one, number) };
    members.set(one, member);
    applications.push({ member, inputs, outputs: plan.outputs });
  }
  // In the order of the graph's layers, which is that of their weights.
  return { members: graph.layers.flatMap((one) => members.get(one) ?? []), applications, outputs: graph.outputs };
}

/** @throws {ModelError} unless steps of that shape are what an input takes */
function requireFitting(owner: string, { options }: Layer<unknown>, given: LayerShape): void {
  const { shape: wanted = given } = options as { readonly shape?: LayerShape };
  const fits =
    wanted.length === given.length &&
    wanted.every((extent, axis) => extent === null || given[axis] === null || extent === given[axis]);
  if (fits) return;
  throw new ModelError(
    `${owner}: expected steps of shape ${shapeText(wanted)}, as its model reads them, got ${shapeText(given)}`,
  );
}

function prefixOf(layer: Layer<unknown>, number: number): string {
  return `${snakeCase(layer.className)}_${number}/`;
}

/** @throws {OptionError} unless it is a layer that may stand within another */
function planMember(layer: Layer<unknown>, shapes: readonly LayerShape[], owner: string): LayerPlan {
  if (!(layer instanceof Layer)) throw new OptionError(owner, "its layer", "a layer, such as dense(1)", typeof layer);
  refuseActivityRegularizer(owner, layer);
  const plan = layer.kind.plan(layer.options, shapes, `${owner} of ${layer.title}`);
  const weights = plan.weights?.map((spec, at) => ({
    ...startingAs(layer, at, spec),
    ...(!layer.trainable && { trainable: false }),
  }));
  return { ...plan, ...(weights && { weights }) };
}

/** A weight that begins as that of the layer, if it has its weights by then. */
function startingAs(layer: Layer<unknown>, at: number, spec: WeightSpec): WeightSpec {
  return {
    ...spec,
    initializer: (shape, stream, session) =>
      layer.session === undefined
        ? spec.initializer(shape, stream, session)
        : Float64Array.from(layer.getWeights()[at]!.data),
  };
}

function makeSteps({ members, applications, outputs }: StepPlan, context: MakeContext): MadeLayer {
  const made = new Map(
    members.map((member) => {
      const { plan, prefix } = member;
      return [
        member,
        plan.make(prefix === "" ? context : { ...context, stream: context.stream.fork(prefix) }),
      ] as const;
    }),
  );
  const weights = [...made].flatMap(([{ prefix }, { weights: own = {} }]) =>
    Object.entries(own).map(([name, parts]) => [prefix + name, parts] as const),
  );
  return {
    weights: Object.fromEntries(weights),
    run([x], runContext) {
      const [batchSize, steps, ...rest] = x!.tensor.shape as [number, number, ...number[]];
      const each = stepByStep(runContext, steps);
      const values: (readonly Value[])[] = [];
      const find = ([node, output]: TensorPlace) => values[node]![output]!;
      for (const application of applications) {
        if (application === undefined) values.push([{ tensor: reshape(x!.tensor, [batchSize * steps, ...rest]) }]);
        else values.push(made.get(application.member)!.run(application.inputs.map(find), each));
      }
      const unfold = (tensor: Tensor) => reshape(tensor, [batchSize, steps, ...tensor.shape.slice(1)]);
      return outputs.map(find).map(({ tensor, logits }) => ({
        tensor: unfold(tensor),
        mask: x!.mask,
        logits: logits && { kind: logits.kind, tensor: unfold(logits.tensor) },
      }));
    },
    resetStates() {
      for (const one of made.values()) one.resetStates?.();
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

/** What `timeDistributed` takes: a layer, several, or a model. */
export type StepLayers =
  | Layer<unknown>
  | readonly Layer<unknown>[]
  | { readonly isSequential: boolean; readonly layers: readonly Layer<unknown>[]; readonly graph: Graph };

/**
 * Applies a layer, several one behind the other, or a model to each step, with one set of weights: `[batch, time, ...]` to
 * `[batch, time, ...]`. Masks that a layer makes within a step, such as of padded words of a sentence, reach the layers behind it.
 *
 * @param layers  weights that they have already are copied when the model is built, and not shared
 */
export function timeDistributed(layers: StepLayers, options: CommonLayerOptions = {}): Layer {
  if (typeof layers !== "object" || layers instanceof Layer) {
    return new Layer(timeDistributedKind, { layer: layers as Layer<unknown>, ...options });
  }
  if (!("isSequential" in layers)) return new Layer(timeDistributedKind, { layers, ...options });
  if (!layers.isSequential) return new Layer(timeDistributedKind, { graph: numberedGraph(layers.graph), ...options });
  const list = layers.layers.filter(({ className }) => className !== "InputLayer");
  return new Layer(timeDistributedKind, { layers: list, ...options });
}
