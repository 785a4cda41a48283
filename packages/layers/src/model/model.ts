/** Models of layers: a list of them, or a graph; compiled, trained, evaluated and asked for predictions as in Keras. */
import { buildBlank, evaluationStep, withoutWarnings } from "@cellstate/lstm-core";
import {
  createSession,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import type { NumberArray } from "../data/arrays.ts";
import { type Batch, type Examples, inOrder } from "../data/batches.ts";
import { inferredShape } from "../data/inferred-shape.ts";
import { inputValues } from "../data/input-values.ts";
import { inputArrays, type ModelData, namesOf } from "../data/model-data.ts";
import { joinPredictions, type Predictions } from "../data/predictions.ts";
import { DataError, ModelError, requireCount } from "../errors.ts";
import { Graph } from "../graph/graph.ts";
import { Layer } from "../graph/layer.ts";
import { SymbolicTensor } from "../graph/symbolic.ts";
import { input as makeInput } from "../layers/input.ts";
import type { LayerShape } from "../shape.ts";
import type { TrainingControl } from "../train/callbacks.ts";
import { type Compiled, type CompileOptions, readCompileOptions } from "../train/compiled.ts";
import { type EvaluateOptions, evaluate } from "../train/evaluate.ts";
import { type ExampleOptions, examplesOf, type TrainingData } from "../train/examples.ts";
import { type FitOptions, fit, type History } from "../train/fit.ts";
import { EpochScores, type Logs, Trainer } from "../train/trainer.ts";
import type { WeightValues } from "../weights/weight.ts";
import { type LayersNetwork, networkOf } from "./network.ts";
import { configOf, type ModelConfig, saveFiles } from "./save-files.ts";
import { printSummary, type SummaryOptions } from "./summary.ts";

export interface BuildOptions {
  /** Where the model computes. Default: a session of its own, on the fastest backend. */
  readonly session?: Session | undefined;
  /** Seed of first weights, dropout and the order of examples. Default 0. */
  readonly seed?: number | undefined;
  /** Shape of one example, of a sequential model whose first layer has no `inputShape`. */
  readonly inputShape?: LayerShape | undefined;
}

const buildOptionNames: OptionNames<BuildOptions> = { session: true, seed: true, inputShape: true };

export interface PredictOptions {
  /** Examples at a time. Default 32. */
  readonly batchSize?: number | undefined;
  /** Nothing is shown. Default 0. */
  readonly verbose?: 0 | undefined;
}

const predictOptionNames: OptionNames<PredictOptions> = { batchSize: true, verbose: true };

/** @typeParam Output  what it predicts: one array, or one for each output */
export class Model<Output = Predictions> implements TrainingControl {
  readonly name: string;
  /** Of a sequential model; its graph is there once the shape of its input is known. */
  readonly #list: Layer<unknown>[] | undefined;
  #graph: Graph | undefined;
  #session: Session | undefined;
  #ownsSession = false;
  #seed = 0;
  #compiled: CompileOptions | undefined;
  #trainer: Trainer | undefined;
  /** @internal Whether it predicts a list, even of one. */
  readonly hasOutputList: boolean;
  stopTraining = false;

  /** @internal Use `sequential` or `model`. */
  constructor(name: string, architecture: Layer<unknown>[] | Graph, hasOutputList: boolean) {
    this.name = name;
    this.hasOutputList = hasOutputList;
    if (architecture instanceof Graph) this.#graph = architecture;
    else {
      this.#list = [];
      for (const layer of architecture) this.add(layer);
    }
  }

  /** Whether it is a list of layers. */
  get isSequential(): boolean {
    return this.#list !== undefined;
  }

  /** Puts a layer behind the others of a sequential model. */
  add(layer: Layer<unknown> | SymbolicTensor): this {
    if (this.#list === undefined) throw new ModelError(`${this.name}: add() is for sequential models`);
    if (this.#session !== undefined) throw new ModelError(`${this.name}: add() comes before the model is built`);
    const added = layer instanceof SymbolicTensor ? layer.node.layer : layer;
    if (!(added instanceof Layer)) throw new ModelError(`${this.name}: expected layers, got ${typeof layer}`);
    this.#list.push(added);
    const first = this.#list[0]!;
    const shape = first.className === "InputLayer" ? first.plan([]).outputs[0] : first.inputShape;
    this.#graph = shape === undefined ? undefined : this.#chain(shape);
    return this;
  }

  #chain(shape: LayerShape): Graph {
    const [first, ...rest] = this.#list!;
    const isInput = first?.className === "InputLayer";
    const start = makeInput({ shape, ...(isInput ? { name: first.name } : {}) });
    const layers = isInput ? rest : this.#list!;
    if (layers.length === 0) return new Graph([start], [start]);
    let outputs: readonly SymbolicTensor[] = [start];
    for (const layer of layers) {
      if (outputs.length !== 1)
        throw new ModelError(`${this.name}: expected layers of one output, but for the last; use model() for others`);
      outputs = layer.applyAll(outputs);
    }
    return new Graph([start], outputs);
  }

  /** @internal @throws {ModelError} before the shape of its input is known */
  get graph(): Graph {
    if (this.#graph === undefined) {
      throw new ModelError(
        `${this.name}: give its first layer an inputShape, or call fit() or predict(), which see the data`,
      );
    }
    return this.#graph;
  }

  /** Its layers in the order in which they run, inputs included where it is no list. */
  get layers(): readonly Layer<unknown>[] {
    if (this.#list !== undefined) return this.#list;
    return this.graph.layers;
  }

  /** The layer of that name. @throws {ModelError} if there is none */
  getLayer(name: string): Layer<unknown> {
    const layer = this.layers.find((candidate) => candidate.name === name);
    if (layer === undefined) {
      throw new ModelError(
        `${this.name}: expected a layer among ${this.layers.map((l) => l.name).join(", ")}, got ${name}`,
      );
    }
    return layer;
  }

  /** Its inputs, to make other models of. */
  get inputs(): readonly SymbolicTensor[] {
    return this.graph.inputs;
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.graph.outputs;
  }

  /** The whole model as a layer: the same layers and weights on other inputs. */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor[] {
    return this.graph.applyTo([inputs].flat());
  }

  /**
   * Makes the weights, unless they are there; `fit`, `evaluate` and `predict` do it themselves.
   *
   * @throws {ModelError} if the shape of the input is not known, or the weights are in another session
   */
  async build(options: BuildOptions = {}): Promise<this> {
    requireKnownOptions("build", options, buildOptionNames);
    const { inputShape } = options;
    if (this.#graph === undefined && inputShape !== undefined) this.#graph = this.#chain(inputShape);
    const { graph } = this;
    const session = options.session ?? this.#compiled?.session ?? this.#session;
    if (this.#session !== undefined && session !== this.#session) {
      throw new ModelError(`${this.name}: has its weights in another session`);
    }
    const shared = session ?? graph.layers.find((layer) => layer.session !== undefined)?.session;
    this.#ownsSession ||= shared === undefined;
    const built = shared ?? (await createSession());
    this.#session = built;
    this.#seed = options.seed ?? this.#compiled?.seed ?? this.#seed;
    for (const layer of graph.layers) layer.build(built, this.#seed);
    return this;
  }

  /**
   * Makes its weights at zero, at once, and without advice for training: for a model whose weights are loaded next.
   *
   * @param maxElements  how many numbers there may be, so that a model that is larger than its file takes no memory. Default: no bound
   * @throws {StateDictError} if the model needs more
   * @throws {ModelError} if the shape of the input is not known, or the weights are in another session
   */
  buildBlank(session: Session, maxElements?: number): this {
    const { layers } = this.graph;
    withoutWarnings(() => buildBlank(session, () => layers.map((layer) => layer.build(session, 0, true)), maxElements));
    this.#session = session;
    return this;
  }

  /** @internal The session of its weights. @throws {ModelError} before it is built */
  get session(): Session {
    if (this.#session === undefined)
      throw new ModelError(`${this.name}: has no weights yet; call await model.build() first`);
    return this.#session;
  }

  /** @internal */
  get seed(): number {
    return this.#seed;
  }

  /** Everything that an optimizer moves, by layer and weight, such as `lstm/kernel`. */
  parameters(): Map<string, Tensor> {
    return new Map(this.graph.layers.flatMap((layer) => [...layer.parameters()]));
  }

  /** The tensors of all weights, also of those that no optimizer moves, by layer and weight. @throws {ModelError} before it is built */
  tensors(): Map<string, Tensor> {
    return new Map(this.graph.layers.flatMap((layer) => [...layer.tensors()]));
  }

  /** Copies of all weights, layer by layer, in Keras's order and layout. @throws {ModelError} before it is built */
  getWeights(): WeightValues[] {
    return this.graph.layers.flatMap((layer) =>
      layer.getWeights().map((weight) => ({ ...weight, name: `${layer.name}/${weight.name}` })),
    );
  }

  /**
   * Replaces all weights.
   *
   * @param values  one for each of `getWeights()`, in Keras's order and layout, row-major
   * @throws {DataError} if there are more or fewer weights or values
   */
  setWeights(values: readonly (ArrayLike<number> | { readonly data: ArrayLike<number> })[]): void {
    const { layers } = this.graph;
    const count = layers.reduce((sum, { weights }) => sum + weights.length, 0);
    if (values.length !== count) throw new DataError(`${this.name}: expected ${count} weights, got ${values.length}`);
    let next = 0;
    for (const layer of layers) {
      layer.setWeights(values.slice(next, next + layer.weights.length));
      next += layer.weights.length;
    }
  }

  /** Says how to train. @throws {OptionError} naming what is unknown, and the nearest name */
  compile(options: CompileOptions): void {
    this.#compiled = options;
    this.#trainer = undefined;
    if (this.#graph !== undefined) readCompileOptions(options, namesOf(this.#graph.outputs));
    else readCompileOptions({ ...options, lossWeights: undefined }, ["output"]);
  }

  /** @internal What `compile` said, of the outputs that the model has. @throws {ModelError} if nothing did */
  requireCompiled(asker: string): Compiled {
    if (this.#compiled === undefined) throw new ModelError(`${asker}: call model.compile({ optimizer, loss }) first`);
    return readCompileOptions(this.#compiled, namesOf(this.graph.outputs));
  }

  /** @internal Built, and ready to take steps. */
  async trainer(asker: string): Promise<Trainer> {
    if (this.#compiled === undefined) throw new ModelError(`${asker}: call model.compile({ optimizer, loss }) first`);
    await this.build();
    this.#trainer ??= new Trainer(this.graph, this.session, this.requireCompiled(asker));
    return this.#trainer;
  }

  /** @internal The graph for such data. */
  graphFor(x: ModelData): Graph {
    this.#graph ??= this.#chain(inferredShape(this.name, x));
    return this.#graph;
  }

  /**
   * Trains.
   *
   * @param x  numbers of the input, or of each input; or batches `{ x, y, sampleWeight }`, an iterable or async iterable of them
   * @param y  targets of the output, or of each output; undefined where `x` gives batches
   * @returns the numbers of each epoch
   * @throws {DataError} if the data do not fit the model or each other, naming where
   * @throws {NonFiniteError} if a loss or a gradient is no finite number
   */
  fit(x: TrainingData, y?: ModelData, options: FitOptions = {}): Promise<History> {
    return fit(this, x, y, options);
  }

  /** The loss and the metrics on examples, without training: by their names. */
  evaluate(x: TrainingData, y?: ModelData, options: EvaluateOptions = {}): Promise<Logs> {
    return evaluate(this, x, y, options);
  }

  /** One step on one batch; returns its loss and metrics. */
  async trainOnBatch(x: ModelData, y: ModelData, options: ExampleOptions = {}): Promise<Logs> {
    return this.#onBatch("trainOnBatch", x, y, options, (trainer, batch, scores) => trainer.train(batch, scores));
  }

  /** The loss and the metrics on one batch. */
  async testOnBatch(x: ModelData, y: ModelData, options: ExampleOptions = {}): Promise<Logs> {
    return this.#onBatch("testOnBatch", x, y, options, (trainer, batch, scores) => trainer.test(batch, scores));
  }

  async #onBatch(
    asker: string,
    x: ModelData,
    y: ModelData,
    options: ExampleOptions,
    work: (trainer: Trainer, batch: Batch, scores: EpochScores) => number,
  ): Promise<Logs> {
    this.graphFor(x);
    const trainer = await this.trainer(asker);
    const examples = examplesOf(this.graph, trainer.compiled, x, y, options);
    const [batch] = inOrder(examples, Number.POSITIVE_INFINITY);
    const scores = new EpochScores(trainer.compiled);
    work(trainer, batch!, scores);
    return scores.logs();
  }

  /**
   * What the model says of examples.
   *
   * @returns `[examples, ...]` of the output; a list of them where the model was made with a list of outputs
   */
  async predict(x: ModelData, options: PredictOptions = {}): Promise<Output> {
    requireKnownOptions("predict", options, predictOptionNames);
    const { batchSize = 32, verbose = 0 } = options;
    requireCount("predict", "batchSize", batchSize);
    if (verbose !== 0) throw new OptionError("predict", "verbose", "0, since it shows nothing", verbose);
    const graph = this.graphFor(x);
    const inputs = inputArrays(graph, x);
    await this.build();
    const examples: Examples = { inputs, targets: [], weights: [] };
    const parts: NumberArray[][] = graph.outputs.map(() => []);
    for (const batch of inOrder(examples, batchSize)) {
      this.#predictBatch(batch).forEach((part, at) => {
        parts[at]!.push(part);
      });
    }
    const joined = parts.map((list, at) => joinPredictions(list, graph.outputs[at]!.shape));
    return (this.hasOutputList ? joined : joined[0]) as Output;
  }

  #predictBatch({ inputs }: Batch): NumberArray[] {
    const { session } = this;
    using _scope = session.scope();
    using _noGrad = session.noGrad();
    const outputs = this.graph.run(inputValues(this.graph, session, inputs), { session, step: evaluationStep });
    return outputs.map(({ tensor }) => ({ data: Float32Array.from(tensor.readSync()), shape: tensor.shape }));
  }

  /** Makes stateful layers forget. */
  resetStates(): void {
    for (const layer of this.graph.layers) layer.resetStates();
  }

  /** The optimizer's, of the next step. @throws {ModelError} before the first `fit` */
  get learningRate(): number {
    if (this.#trainer === undefined) throw new ModelError(`${this.name}: has a learning rate once fit() has begun`);
    return this.#trainer.learningRate;
  }

  set learningRate(value: number) {
    if (this.#trainer === undefined) throw new ModelError(`${this.name}: has a learning rate once fit() has begun`);
    this.#trainer.learningRate = value;
  }

  /** Prints its layers with their shapes, weights and costs. @throws {ModelError} if the shape of its input is not known */
  summary(options: SummaryOptions = {}): void {
    printSummary(this.name, this.graph, options);
  }

  /** The model as files by name: `config.json` and `model.safetensors`, which `loadModel` opens. */
  async save(): Promise<Map<string, Uint8Array>> {
    await this.build();
    return saveFiles(this.config(), this.getWeights());
  }

  /** The architecture as plain JSON, without the weights, from which `modelFromConfig` makes another such model. */
  config(): ModelConfig {
    const { name, isSequential, hasOutputList, graph } = this;
    return configOf({ name, isSequential, hasOutputList }, graph);
  }

  /**
   * What the model consists of, for those who write it in another format, such as `exportNetwork` of `@cellstate/onnx`.
   *
   * @throws {ModelError} before it is built, or if an option is a function
   */
  network(): LayersNetwork {
    return networkOf(this.graph, this.tensors());
  }

  /** Ends the session that the model made for itself; one that was given stays. */
  async dispose(): Promise<void> {
    if (this.#ownsSession) await this.#session?.dispose();
  }
}
