/** The network: recurrent layers over the past, whose last step a linear layer turns into all numbers to come at once. */
import {
  type BatchLoss,
  buildPooling,
  buildRecurrent,
  Linear,
  type Module,
  namedParameters,
  type Pooling,
  type RecurrentModule,
  type StepContext,
  squaredError,
} from "@cellstate/lstm-core";
import type { RandomStream, Session, Tensor } from "@cellstate/tensor";
import type { ForecastConfig } from "./config.ts";
import type { SeriesBatch } from "./data.ts";

export interface ForecasterOptions {
  readonly config: ForecastConfig["model"];
  /** Numbers to forecast, integer >= 1. */
  readonly horizon: number;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

export class Forecaster implements Module {
  readonly encoder: RecurrentModule;
  readonly pooling: Pooling;
  readonly output: Linear;
  readonly #session: Session;

  constructor(session: Session, { config, horizon, stream }: ForecasterOptions) {
    this.#session = session;
    this.encoder = buildRecurrent(session, config.encoder, { inputSize: 1, stream: stream.fork("encoder") });
    this.pooling = buildPooling(session, "last", { layers: this.encoder, stream: stream.fork("pooling") });
    this.output = new Linear(session, {
      inputSize: this.pooling.outputSize,
      outputSize: horizon,
      stream: stream.fork("output"),
    });
  }

  /** Scaled forecasts, `[batch, horizon]`. */
  forward({ past, lengths, batchSize, seqLen }: SeriesBatch, step: StepContext): Tensor {
    const series = this.#session.tensor(past, [batchSize, seqLen, 1]);
    const states = this.encoder.forward(series, { lengths, step });
    return this.output.forward(this.pooling.forward(states, lengths, step));
  }

  /** Mean squared error of the scaled forecasts whose targets are known. */
  loss(batch: SeriesBatch, step: StepContext): BatchLoss {
    const weights = batch.next.map((target) => (Number.isNaN(target) ? 0 : 1));
    const loss = squaredError(this.forward(batch, step), batch.next, { weights });
    return { loss, count: weights.reduce((sum, weight) => sum + weight, 0) };
  }

  parameters(): Map<string, Tensor> {
    const { encoder, pooling, output } = this;
    return namedParameters({ encoder, pooling, output });
  }
}
