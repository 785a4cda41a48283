/** The network of a forecaster: recurrent layers over the context, whose last state a linear layer turns into all steps to come at once. */
import {
  absoluteError,
  type BatchLoss,
  buildPooling,
  buildRecurrent,
  Dropout,
  gaussianNll,
  huberLoss,
  Linear,
  type Module,
  namedParameters,
  negativeBinomialNll,
  negativeBinomialParameters,
  type Pooling,
  quantileLoss,
  type RecurrentModule,
  type StepContext,
  squaredError,
} from "@cellstate/lstm-core";
import { add, concat, mul, type RandomStream, reshape, type Session, scalar, type Tensor } from "@cellstate/tensor";
import type { ForecastBatch } from "./batch.ts";
import type { ForecasterConfig, ForecastLoss } from "./config.ts";
import type { LinearStart } from "./linear-start.ts";
import { freeSteps, type StepwiseInputs, type StepwiseParts, taughtSteps } from "./stepwise.ts";

export interface ForecasterOptions {
  readonly config: ForecasterConfig;
  readonly loss: ForecastLoss;
  /** Numbers of each step of the context. */
  readonly inputSize: number;
  readonly context: number;
  readonly horizon: number;
  /** Columns that are forecast together. Default 1. */
  readonly targets?: number | undefined;
  /** Columns that are known for the steps to come. */
  readonly knownAhead: number;
  /** What the linear layer begins with; undefined: drawn weights. */
  readonly start?: LinearStart | undefined;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

/** What the network reads. */
export type ForecasterInputs = Pick<ForecastBatch, "batchSize" | "inputs" | "past" | "ahead"> &
  Partial<Pick<ForecastBatch, "next">>;

/** Numbers that a network gives for each step: one, one for each quantile, or two of a distribution. */
export function outputsOf(loss: ForecastLoss): number {
  if (loss.kind === "quantile") return loss.levels.length;
  return loss.kind === "gaussian" || loss.kind === "negativeBinomial" ? 2 : 1;
}

/** Whether outputs are parameters of a distribution, in units of their own. */
function isDistribution({ kind }: ForecastLoss): boolean {
  return kind === "gaussian" || kind === "negativeBinomial";
}

/** Forecasts windows; parameters are called `encoder.*`, `decoder.*` of a seq2seq one, `output.*` and `linear.*`. */
export class Forecaster implements Module {
  readonly encoder: RecurrentModule;
  readonly decoder: RecurrentModule | undefined;
  readonly pooling: Pooling;
  readonly output: Linear;
  readonly linear: Linear | undefined;
  readonly #session: Session;
  readonly #dropout: Dropout;
  readonly #options: ForecasterOptions;

  constructor(session: Session, options: ForecasterOptions) {
    const { config, loss, inputSize, context, horizon, targets = 1, knownAhead, start, stream } = options;
    this.#session = session;
    this.#options = options;
    this.encoder = buildRecurrent(session, config.encoder, { inputSize, stream: stream.fork("encoder") });
    this.decoder =
      config.decoder === "seq2seq"
        ? buildRecurrent(session, config.encoder, { inputSize, stream: stream.fork("decoder") })
        : undefined;
    this.pooling = buildPooling(session, "last", { layers: this.encoder, stream: stream.fork("pooling") });
    this.#dropout = new Dropout(config.dropout, stream.fork("dropout"));
    const outputSize = horizon * outputsOf(loss);
    const steps = config.decoder === "direct" ? horizon : 1; // that the output layer gives at once
    this.output = new Linear(session, {
      inputSize: this.pooling.outputSize + steps * knownAhead,
      outputSize: targets * steps * outputsOf(loss),
      stream: stream.fork("output"),
    });
    this.linear = config.linear
      ? new Linear(session, { inputSize: context, outputSize, stream: stream.fork("linear") })
      : undefined;
    if (this.linear === undefined || start === undefined) return;
    this.linear.weight.write(start.weight);
    this.linear.bias!.write(start.bias);
    this.output.weight.write(new Float64Array(this.output.weight.size));
  }

  /** Forecasts as the batch is normalized: times `spread`, plus `base`, they are scaled numbers; `[batch, targets * horizon, outputs]`. */
  forward(batch: ForecasterInputs, step: StepContext): Tensor {
    const { horizon, targets = 1, loss, context, config } = this.#options;
    const shape = [batch.batchSize, targets * horizon, outputsOf(loss)];
    const past = () => this.#session.tensor(batch.past, [batch.batchSize * targets, context]);
    const linear = this.linear && reshape(this.linear.forward(past()), shape); // from [batch * targets, horizon * outputs]
    if (config.decoder !== "direct" && !step.training) {
      return freeSteps(this.#stepwise(), stepwiseInputs(batch), step, linear);
    }
    const recurrent =
      config.decoder === "direct"
        ? reshape(this.#allSteps(batch, step), shape)
        : taughtSteps(this.#stepwise(), stepwiseInputs(batch), step);
    return linear === undefined ? recurrent : add(recurrent, linear);
  }

  #stepwise(): StepwiseParts {
    const { targets = 1, loss } = this.#options;
    const { encoder, decoder, output } = this;
    const readBack = loss.kind === "quantile" ? loss.levels.indexOf(0.5) : 0;
    const own = { session: this.#session, encoder, decoder, output, dropout: this.#dropout };
    return { ...own, ...this.#options, targets, outputs: outputsOf(loss), readBack };
  }

  /** `[batch, targets * horizon * outputs]`, of the state after the context. */
  #allSteps({ batchSize, inputs, ahead }: ForecasterInputs, step: StepContext): Tensor {
    const { inputSize, context, horizon, knownAhead } = this.#options;
    const session = this.#session;
    const lengths = new Int32Array(batchSize).fill(context);
    const series = session.tensor(inputs, [batchSize, context, inputSize]);
    const states = this.encoder.forward(series, { lengths, step });
    const last = this.#dropout.forward(this.pooling.forward(states, lengths, step), step); // [batch, outputSize of the pooling]
    const features =
      knownAhead === 0 ? last : concat([last, session.tensor(ahead, [batchSize, horizon * knownAhead])], 1);
    return this.output.forward(features);
  }

  /** The mean loss of the targets that are there, in scaled numbers. */
  loss(batch: ForecastBatch, step: StepContext): BatchLoss {
    const { weights, spread } = batch;
    const { loss, horizon } = this.#options;
    const count = weights.reduce((sum, weight) => sum + weight, 0);
    const outputs = reshape(this.forward(batch, step), [spread.length, horizon, outputsOf(loss)]); // [batch * targets, horizon, outputs]
    const predicted = isDistribution(loss)
      ? outputs
      : mul(outputs, this.#session.tensor(spread, [spread.length, 1, 1]));
    return { loss: this.#lossOf(predicted, batch), count };
  }

  #lossOf(predicted: Tensor, batch: ForecastBatch): Tensor {
    const { loss } = this.#options;
    const { targets, weights } = batch;
    const counts = { weights };
    const flat = () => reshape(predicted, predicted.shape.slice(0, 2)); // [batch * targets, horizon]
    switch (loss.kind) {
      case "squared":
        return squaredError(flat(), targets, counts);
      case "absolute":
        return absoluteError(flat(), targets, counts);
      case "huber":
        return huberLoss(flat(), targets, { ...counts, delta: loss.delta });
      case "quantile":
        return quantileLoss(predicted, targets, { ...counts, quantiles: loss.levels });
      case "gaussian":
        return this.#gaussianLoss(predicted, batch);
      case "negativeBinomial": {
        const { mean, dispersion } = negativeBinomialParameters(predicted); // each [batch * targets, horizon]
        const level = this.#session.tensor(batch.level, [batch.level.length, 1]);
        return negativeBinomialNll({ mean: mul(mean, level), dispersion }, batch.unscaled, counts);
      }
      default:
        return loss satisfies never;
    }
  }

  /** Of normalized numbers; the likelihood of scaled ones differs by the logarithms of the spreads. */
  #gaussianLoss(predicted: Tensor, { targets, weights, spread }: ForecastBatch): Tensor {
    const spreadOf = (at: number) => spread[Math.floor(at / this.#options.horizon)]!;
    const normalized = targets.map((target, at) => target / spreadOf(at));
    let logs = 0;
    let count = 0;
    for (const [at, weight] of weights.entries()) {
      logs += weight * scalar.log(spreadOf(at));
      count += weight;
    }
    return add(gaussianNll(predicted, normalized, { weights }), logs / count);
  }

  parameters(): Map<string, Tensor> {
    const { encoder, decoder, pooling, output, linear } = this;
    return namedParameters({ encoder, ...(decoder && { decoder }), pooling, output, ...(linear && { linear }) });
  }
}

function stepwiseInputs({ next, ...batch }: ForecasterInputs): StepwiseInputs {
  if (next === undefined) throw new Error("internal: a forecaster that goes step by step was given no steps to come");
  return { ...batch, next };
}
