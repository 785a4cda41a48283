/**
 * What a layer is. A kind (`layers/`) says which options it has and plans a layer for given shapes of inputs: shapes of outputs and
 * weights, known without any number, and how it is made and runs once there is a session. `Layer` is one layer of a model.
 */
import { buildBlank, weightPenalty } from "@cellstate/lstm-core";
import {
  mul,
  OptionError,
  type OptionNames,
  type RandomStream,
  Rng,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import { DataError, ModelError } from "../errors.ts";
import { snakeCase } from "../names.ts";
import { type LayerShape, shapeText } from "../shape.ts";
import type { WeightPart } from "../weights/layout.ts";
import { Weight, type WeightSpec, type WeightValues } from "../weights/weight.ts";
import { type RegularizerOption, regularizerOf } from "../weights/weight-options.ts";
import { GraphNode, SymbolicTensor } from "./symbolic.ts";
import type { RunContext, Value } from "./value.ts";

/** Options that every layer has beside its own. */
export interface CommonLayerOptions {
  /** Default: Keras's, such as `lstm` and `lstm_1`. */
  readonly name?: string | undefined;
  /** Whether optimizers move its weights. Default true. */
  readonly trainable?: boolean | undefined;
  /** What the size of its outputs adds to the loss, for each example. Default: nothing. */
  readonly activityRegularizer?: RegularizerOption | null | undefined;
  /** Shape of one example, for the first layer of a sequential model; `null` is an extent that differs between batches. */
  readonly inputShape?: LayerShape | undefined;
}

export interface MakeContext {
  readonly session: Session;
  /** Of the layer, for dropout. */
  readonly stream: RandomStream;
}

/** A layer that can run. */
export interface MadeLayer {
  /** Where each planned weight lies, by its name. */
  readonly weights?: Readonly<Record<string, readonly WeightPart[]>>;
  /** From its inputs to its outputs, in the planned order. */
  run(inputs: readonly Value[], context: RunContext): readonly Value[];
  /** Forgets what it carries from batch to batch. */
  resetStates?(): void;
}

/** What follows from options and the shapes of inputs. */
export interface LayerPlan {
  readonly outputs: readonly LayerShape[];
  readonly weights?: readonly WeightSpec[];
  /** Multiplications and additions, each counted, of one example; an unknown number of steps counts once. */
  readonly flops?: number;
  make(context: MakeContext): MadeLayer;
}

/** A class of layers, as Keras has them. */
export interface LayerKind<Options extends object = object> {
  /** Keras's. */
  readonly className: string;
  readonly optionNames: OptionNames<Options>;
  /**
   * @param options  its own
   * @param inputs   shapes of one example of each input
   * @param owner    what messages call the layer
   * @throws {ModelError | OptionError} if the shapes or options do not fit
   */
  plan(options: Options, inputs: readonly LayerShape[], owner: string): LayerPlan;
}

export interface ApplyOptions {
  /** States that a recurrent layer starts from, such as those that another one returned. Default: zeros. */
  readonly initialState?: SymbolicTensor | readonly SymbolicTensor[] | undefined;
}

const commonNames: OptionNames<CommonLayerOptions> = {
  name: true,
  trainable: true,
  activityRegularizer: true,
  inputShape: true,
};
const applyNames: OptionNames<ApplyOptions> = { initialState: true };

interface Built {
  readonly session: Session;
  readonly made: MadeLayer;
  readonly weights: readonly Weight[];
}

/** @typeParam Result  what applying it gives: one tensor, or several, as of a recurrent layer that returns its state */
export class Layer<Result = SymbolicTensor> {
  readonly kind: LayerKind;
  /** Its own, as they were given. */
  readonly options: Readonly<object>;
  readonly inputShape: LayerShape | undefined;
  /** What the size of its outputs adds to the loss, as it was given. */
  readonly activityRegularizer: RegularizerOption | undefined;
  readonly #activityFactors: WeightSpec["regularizer"];
  /** Whether optimizers move its weights; takes effect at the next `compile`. */
  trainable: boolean;
  #name: string | undefined;
  #plan: LayerPlan | undefined;
  #built: Built | undefined;

  /** @throws {OptionError} if an option is unknown */
  constructor(kind: LayerKind, options: object) {
    const { name, trainable = true, inputShape, activityRegularizer, ...own } = options as CommonLayerOptions;
    if (Object.hasOwn(options, "0")) {
      throw new OptionError(
        name ?? kind.className,
        "options",
        'an object, such as { name: "first" }',
        "a text or a list",
      );
    }
    requireKnownOptions(name ?? kind.className, options, { ...kind.optionNames, ...commonNames });
    this.kind = kind;
    this.options = own;
    this.inputShape = inputShape;
    this.activityRegularizer = activityRegularizer ?? undefined;
    this.#activityFactors = regularizerOf(name ?? kind.className, "activityRegularizer", this.activityRegularizer);
    this.trainable = trainable;
    this.#name = name;
  }

  get className(): string {
    return this.kind.className;
  }

  /** Given, or of the first model that it became part of; before that the class's. */
  get name(): string {
    return this.#name ?? snakeCase(this.className);
  }

  /** @internal Whether its name is its own for good. */
  get hasName(): boolean {
    return this.#name !== undefined;
  }

  /** @internal Takes a name that no other layer of its model has, if it has none. */
  takeName(taken: ReadonlySet<string>): void {
    if (this.#name !== undefined) return;
    const base = snakeCase(this.className);
    let name = base;
    for (let count = 1; taken.has(name); count++) name = `${base}_${count}`;
    this.#name = name;
  }

  /** `dense_1 (Dense)`, or the class alone before it has a name. */
  get title(): string {
    return this.#name === undefined ? this.className : `${this.#name} (${this.className})`;
  }

  /**
   * The layer's outputs for these inputs, as tensors that have a shape and no values yet. Applied again, it is the same layer with the
   * same weights.
   *
   * @throws {ModelError} if the layer does not take inputs of such shapes
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[], options: ApplyOptions = {}): Result {
    requireKnownOptions(`${this.title}.apply`, options, applyNames);
    const states = options.initialState ?? [];
    const outputs = this.applyAll([inputs, states].flat());
    return (outputs.length === 1 ? outputs[0] : outputs) as Result;
  }

  /** @internal All inputs and states in one list, and all outputs. */
  applyAll(inputs: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    const strangers = inputs.filter((tensor) => !(tensor instanceof SymbolicTensor));
    if (strangers.length > 0) {
      const [stranger] = strangers;
      throw new ModelError(
        `${this.title}: expected tensors that input() or a layer's apply() gave, got ${typeof stranger}`,
      );
    }
    const plan = this.plan(inputs.map(({ shape }) => shape));
    return new GraphNode(this as Layer<unknown>, inputs, plan.outputs).outputs;
  }

  /** @internal What it does with inputs of such shapes; its weights follow from the first ones that it saw. */
  plan(inputs: readonly LayerShape[]): LayerPlan {
    const plan = this.kind.plan(this.options, inputs, this.title);
    this.#plan ??= plan;
    const [first, again] = [this.#plan, plan].map(({ weights = [] }) =>
      weights.map(({ shape }) => shape.join()).join(" "),
    );
    if (first !== again) {
      const shapes = inputs.map(shapeText).join(" and ");
      throw new ModelError(
        `${this.title}: was made for inputs of another size than ${shapes}; use a layer for each size`,
      );
    }
    return plan;
  }

  /**
   * @internal Gives it weights with their first values, unless it has them.
   *
   * @param isBlank  whether the weights are loaded next, so that no first values are drawn
   * @throws {ModelError} if they live in another session
   */
  build(session: Session, seed: number, isBlank = false): void {
    if (this.#built?.session.isDisposed) this.#built = undefined;
    if (this.#built !== undefined) {
      if (this.#built.session === session) return;
      throw new ModelError(`${this.title}: has its weights in another session; build all models of a layer in one`);
    }
    const stream = new Rng(seed).stream("layers").fork(this.name);
    const plan = this.#plan!;
    const made = buildBlank(session, () => plan.make({ session, stream }));
    const weights = (plan.weights ?? []).map((spec) => {
      const weight = new Weight(spec, made.weights![spec.name]!);
      if (!isBlank) weight.write(this.title, spec.initializer(spec.shape, stream.fork(spec.name), session));
      return weight;
    });
    this.#built = { session, made, weights };
  }

  /** @internal The session of its weights; undefined before it is built. */
  get session(): Session | undefined {
    return this.#built?.session.isDisposed ? undefined : this.#built?.session;
  }

  /** @internal */
  run(inputs: readonly Value[], context: RunContext): readonly Value[] {
    const outputs = this.#requireBuilt().made.run(inputs, this.trainable ? context : { ...context, isFrozen: true });
    const factors = this.#activityFactors;
    if (factors !== undefined) {
      context.penalties?.push(...outputs.map(({ tensor }) => activityPenalty(this.name, tensor, factors)));
    }
    return outputs;
  }

  /** @internal Its planned weights; none before it was applied. */
  get specs(): readonly WeightSpec[] {
    return this.#plan?.weights ?? [];
  }

  /** Names and shapes of its weights, in Keras's order and layout; none before it was applied. */
  get weightShapes(): readonly Pick<WeightValues, "name" | "shape">[] {
    return this.specs.map(({ name, shape }) => ({ name, shape }));
  }

  /** @internal */
  get weights(): readonly Weight[] {
    return this.#requireBuilt().weights;
  }

  /** @internal Tensors that an optimizer moves, by name. */
  parameters(): Map<string, Tensor> {
    return this.trainable ? this.#tensorsOf(this.weights.filter(({ spec }) => spec.trainable !== false)) : new Map();
  }

  /** @internal Tensors whose size adds to the loss, by name, and by how much. */
  regularized(): {
    readonly name: string;
    readonly tensor: Tensor;
    readonly factors: NonNullable<WeightSpec["regularizer"]>;
  }[] {
    if (!this.trainable) return [];
    return this.weights.flatMap(({ spec, parts }) => {
      const { name, regularizer } = spec;
      return regularizer === undefined
        ? []
        : parts.map(({ tensor }) => ({ name: `${this.name}/${name}`, tensor, factors: regularizer }));
    });
  }

  /** @internal Moves its weights into their limits. */
  applyConstraints(): void {
    if (!this.trainable) return;
    for (const weight of this.weights) weight.applyConstraint();
  }

  /** @internal Tensors of all its weights, by name. */
  tensors(): Map<string, Tensor> {
    return this.#tensorsOf(this.weights);
  }

  #tensorsOf(weights: readonly Weight[]): Map<string, Tensor> {
    const tensors = new Map<string, Tensor>();
    for (const { spec, parts } of weights) {
      parts.forEach(({ tensor }, at) => {
        tensors.set(`${this.name}/${spec.name}${parts.length > 1 ? `.${at}` : ""}`, tensor);
      });
    }
    return tensors;
  }

  /** Copies of all weights in Keras's order and layout. @throws {ModelError} before its model was built */
  getWeights(): WeightValues[] {
    return this.weights.map((weight) => weight.read());
  }

  /**
   * Replaces all weights.
   *
   * @param values  one for each of `getWeights()`, in Keras's order and layout, row-major
   * @throws {DataError} if there are more or fewer weights or values, before it changes any
   */
  setWeights(values: readonly (ArrayLike<number> | { readonly data: ArrayLike<number> })[]): void {
    const { weights } = this;
    if (values.length !== weights.length) {
      const names = weights.map(({ spec }) => `${spec.name} [${spec.shape.join(", ")}]`).join(", ");
      throw new DataError(`${this.title}: expected ${weights.length} weights (${names}), got ${values.length}`);
    }
    const data = values.map((value) => ("data" in value ? value.data : value));
    weights.forEach((weight, at) => {
      weight.requireCount(this.title, data[at]!);
    });
    weights.forEach((weight, at) => {
      weight.write(this.title, data[at]!);
    });
  }

  /** Forgets what a stateful layer carries from batch to batch. */
  resetStates(): void {
    this.#built?.made.resetStates?.();
  }

  #requireBuilt(): Built {
    if (this.#built === undefined) {
      throw new ModelError(`${this.title}: has no weights yet; call await model.build() first`);
    }
    return this.#built;
  }
}

/** @throws {OptionError} if a layer in a wrapper has an activityRegularizer, which only layers that run by themselves can have */
export function refuseActivityRegularizer(owner: string, { activityRegularizer }: Layer<unknown>): void {
  if (activityRegularizer === undefined) return;
  throw new OptionError(
    owner,
    "the activityRegularizer of its layer",
    "none; give it to the wrapper",
    activityRegularizer,
  );
}

/** What an output adds to the loss: the mean over examples, as Keras has had it since 3.11. */
function activityPenalty(name: string, output: Tensor, factors: NonNullable<WeightSpec["regularizer"]>): Tensor {
  const penalty = weightPenalty(new Map([[name, output]]), [{ pattern: name, ...factors }]);
  return mul(penalty, 1 / Math.max(1, output.shape[0]!));
}
