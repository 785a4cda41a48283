/** Steps of a compiled model: forward, loss and metrics of a batch, and in training backward and the optimizer's step. */
import { evaluationStep, weightPenalty } from "@cellstate/lstm-core";
import { add, backward, type Session, type Tensor } from "@cellstate/tensor";
import { clipGradients, createOptimizer, type Optimizer } from "@cellstate/training";
import type { Batch } from "../data/batches.ts";
import { inputValues } from "../data/input-values.ts";
import { ModelError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Layer } from "../graph/layer.ts";
import type { Value } from "../graph/value.ts";
import { type Compiled, outputLoss, totalLoss } from "./compiled.ts";
import type { RunningMetric } from "./metric-rows.ts";
import { metricName, startMetric } from "./metrics.ts";

/** Numbers by the names that Keras gives them: `loss`, `accuracy`, `val_loss`, ... */
export type Logs = Readonly<Record<string, number>>;

/** Sums over the batches of an epoch. */
export class EpochScores {
  readonly #compiled: Compiled;
  /** Of each output. */
  readonly #metrics: { readonly name: string; readonly metric: RunningMetric }[][];
  #lossSums: number[];
  #totalSum = 0;
  #examples = 0;

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    const several = compiled.goals.length > 1;
    this.#metrics = compiled.goals.map(({ name: output, metrics }) =>
      metrics.map((option) => {
        const name = metricName(option);
        return { name: several ? `${output}_${name}` : name, metric: startMetric(option) };
      }),
    );
    this.#lossSums = compiled.goals.map(() => 0);
  }

  /** Whether any metric reads predictions. */
  get needsPredictions(): boolean {
    return this.#metrics.some((metrics) => metrics.length > 0);
  }

  addLosses(examples: number, total: number, losses: readonly (number | undefined)[]): void {
    this.#examples += examples;
    this.#totalSum += examples * total;
    losses.forEach((loss, at) => {
      this.#lossSums[at]! += examples * (loss ?? 0);
    });
  }

  addPredictions(outputs: readonly Value[], { targets }: Batch): void {
    outputs.forEach(({ tensor, mask }, at) => {
      if (this.#metrics[at]!.length === 0) return;
      const scored = { predictions: tensor.readSync(), shape: tensor.shape, targets: targets[at]!, mask };
      for (const { metric } of this.#metrics[at]!) metric.add(scored);
    });
  }

  logs(): Record<string, number> {
    const logs: Record<string, number> = {};
    logs.loss = this.#examples === 0 ? 0 : this.#totalSum / this.#examples;
    const { goals } = this.#compiled;
    goals.forEach(({ name, loss }, at) => {
      if (goals.length > 1 && loss !== undefined)
        logs[`${name}_loss`] = this.#lossSums[at]! / Math.max(1, this.#examples);
    });
    for (const { name, metric } of this.#metrics.flat()) logs[name] = metric.result();
    return logs;
  }
}

export class Trainer {
  readonly #graph: Graph;
  readonly #session: Session;
  readonly #compiled: Compiled;
  readonly #parameters: ReadonlyMap<string, Tensor>;
  readonly #optimizer: Optimizer;
  /** Weights whose size adds to the loss. */
  readonly #regularized: ReturnType<Layer<unknown>["regularized"]>;
  /** Layers some of whose weights keep to limits. */
  readonly #constrained: readonly Layer<unknown>[];
  #learningRate: number;
  /** Steps taken. */
  step = 0;

  constructor(graph: Graph, session: Session, compiled: Compiled) {
    this.#graph = graph;
    this.#session = session;
    this.#compiled = compiled;
    this.#parameters = new Map(graph.layers.flatMap((layer) => [...layer.parameters()]));
    this.#optimizer = createOptimizer(compiled.optimizer.options, this.#parameters, session);
    this.#regularized = graph.layers.flatMap((layer) => layer.regularized());
    this.#constrained = graph.layers.filter(({ specs }) => specs.some(({ constraint }) => constraint !== undefined));
    this.#learningRate = this.#optimizer.learningRate;
  }

  /** Of the next step; callbacks may change it, unless it has a schedule. */
  get learningRate(): number {
    return this.#compiled.optimizer.rateOf?.(this.step) ?? this.#learningRate;
  }

  set learningRate(rate: number) {
    if (this.#compiled.optimizer.rateOf !== undefined) {
      throw new ModelError(
        "fit: expected the learning rate to stay, since it has a schedule; compile with a number to change it",
      );
    }
    this.#learningRate = rate;
  }

  get compiled(): Compiled {
    return this.#compiled;
  }

  /** One step; returns the loss of the batch before it. */
  train(batch: Batch, scores: EpochScores): number {
    using _scope = this.#session.scope();
    const step = { training: true, step: this.step, examples: batch.examples };
    const penalties: Tensor[] = [];
    const context = { session: this.#session, step, penalties };
    const outputs = this.#graph.run(inputValues(this.#graph, this.#session, batch.inputs), context);
    const { total, value } = this.#score(batch, outputs, penalties, scores);
    if (!Number.isFinite(value)) return value;
    const gradients = backward(total);
    const clipped = clipGradients(gradients, this.#parameters, this.#compiled.optimizer.clipping);
    if (!Number.isFinite(clipped.norm)) return Number.NaN;
    this.#optimizer.step(clipped.gradients, { learningRate: this.learningRate, gradientScale: clipped.scale });
    for (const layer of this.#constrained) layer.applyConstraints();
    this.step += 1;
    return value;
  }

  /** The loss of a batch, without a step. */
  test(batch: Batch, scores: EpochScores): number {
    using _scope = this.#session.scope();
    using _noGrad = this.#session.noGrad();
    const penalties: Tensor[] = [];
    const context = { session: this.#session, step: evaluationStep, penalties };
    const outputs = this.#graph.run(inputValues(this.#graph, this.#session, batch.inputs), context);
    return this.#score(batch, outputs, penalties, scores).value;
  }

  /** What the sizes of weights and of outputs add to the loss; undefined where nothing does. */
  #penalty(ofOutputs: readonly Tensor[]): Tensor | undefined {
    const terms = this.#regularized.map(({ name, tensor, factors }) =>
      weightPenalty(new Map([[name, tensor]]), [{ pattern: name, ...factors }]),
    );
    const all = [...terms, ...ofOutputs];
    return all.length === 0 ? undefined : all.reduce(add);
  }

  #score(
    batch: Batch,
    outputs: readonly Value[],
    penalties: readonly Tensor[],
    scores: EpochScores,
  ): { total: Tensor; value: number } {
    const losses = this.#compiled.goals.map((goal, at) =>
      goal.loss === undefined ? undefined : outputLoss(goal, outputs[at]!, batch.targets[at]!, batch.weights[at]?.data),
    );
    const trained = this.#compiled.goals.flatMap((goal, at) => (losses[at] ? [{ goal, loss: losses[at] }] : []));
    if (trained.length === 0)
      throw new ModelError("fit: expected a loss of at least one output; give one to compile()");
    const penalty = this.#penalty(penalties);
    const ofOutputs = totalLoss(trained, add);
    const total = penalty ? add(ofOutputs, penalty) : ofOutputs;
    const value = total.item();
    const each =
      trained.length === 1 && trained[0]!.goal.lossWeight === 1 && penalty === undefined
        ? losses.map((loss) => loss && value)
        : losses.map((loss) => loss?.item());
    scores.addLosses(batch.examples.length, value, each);
    // Before backward, which frees what it has used.
    scores.addPredictions(outputs, batch);
    return { total, value };
  }
}
