/** A tiny classifier on made-up data, small enough to train hundreds of times in a test. */
import { Dropout, evaluationStep, Linear, namedParameters } from "@cellstate/lstm-core";
import {
  createSession,
  crossEntropy,
  Rng,
  relu,
  type Session,
  type SessionOptions,
  type Tensor,
} from "@cellstate/tensor";
import type { BatchSource, DevMetrics, TrainOptions } from "@cellstate/training";
import { optimizerConfig, scheduleConfig, trainingConfig } from "@cellstate/training/config";

const FEATURES = 3;
const EXAMPLES = 13;
const BATCH_SIZE = 4;
const stream = new Rng(5).stream("tiny-run");
const inputs = Array.from({ length: EXAMPLES }, (_, i) => [...stream.fork(`input ${i}`).uniform(FEATURES, -1, 1)]);
const targets = inputs.map(([a, b, c]) => (a! * b! + c! > 0 ? 1 : 0));

/** Example numbers; the batch's rows. */
export type TinyBatch = readonly number[];

/** Batches of shuffled examples; the position is the number of batches given out. */
class TinyBatches implements BatchSource<TinyBatch> {
  readonly batchesPerEpoch = Math.ceil(EXAMPLES / BATCH_SIZE);
  #given = 0;

  next() {
    const epoch = Math.floor(this.#given / this.batchesPerEpoch);
    const place = this.#given % this.batchesPerEpoch;
    const order = stream.fork(`epoch ${epoch}`).permutation(EXAMPLES);
    const batch = [...order.subarray(place * BATCH_SIZE, (place + 1) * BATCH_SIZE)];
    this.#given += 1;
    return { batch, tokens: batch.length * FEATURES, epochEnded: place === this.batchesPerEpoch - 1 };
  }

  state() {
    return { given: this.#given };
  }

  load(state: unknown) {
    this.#given = (state as { given: number }).given;
  }
}

export interface TinyRun {
  readonly session: Session;
  readonly parameters: Map<string, Tensor>;
  readonly options: TrainOptions<TinyBatch>;
}

/** Sections of an experiment, as a user would write them. */
export interface TinySections {
  readonly optimizer?: unknown;
  readonly schedule?: unknown;
  readonly training?: unknown;
  /** Default: reference. */
  readonly backend?: SessionOptions;
}

/** A fresh session, model and batch source, and the options to train them; the same every time. */
export async function tinyRun({ optimizer, schedule, training, backend }: TinySections = {}): Promise<TinyRun> {
  const session = await createSession(backend ?? { backend: "reference" });
  const hidden = new Linear(session, { inputSize: FEATURES, outputSize: 5, stream: stream.fork("hidden") });
  const output = new Linear(session, { inputSize: 5, outputSize: 2, stream: stream.fork("output") });
  const dropout = new Dropout(0.25, stream.fork("dropout"));
  const parameters = namedParameters({ hidden, output });

  const lossOf = (batch: TinyBatch, step: number | undefined) => {
    const context = step === undefined ? evaluationStep : { training: true, step, examples: Int32Array.from(batch) };
    const x = session.tensor(
      batch.flatMap((i) => inputs[i]!),
      [batch.length, FEATURES],
    );
    const logits = output.forward(dropout.forward(relu(hidden.forward(x)), context)); // [batch, 2]
    return {
      loss: crossEntropy(
        logits,
        Int32Array.from(batch, (i) => targets[i]!),
      ),
      count: batch.length,
    };
  };
  const evaluate = async (): Promise<DevMetrics> => {
    const everything = inputs.map((_, i) => i);
    return { loss: lossOf(everything, undefined).loss.item() };
  };
  const options: TrainOptions<TinyBatch> = {
    session,
    parameters,
    optimizer: optimizerConfig.parse(optimizer ?? { kind: "adamw", learningRate: 0.05 }),
    schedule: scheduleConfig.parse(schedule ?? { kind: "constant" }),
    training: trainingConfig.parse(training ?? { epochs: 3 }),
    batches: new TinyBatches(),
    lossOf,
    evaluate,
    selection: { name: "loss", direction: "min" },
  };
  return { session, parameters, options };
}

/** All weights as numbers. */
export function valuesOf(parameters: ReadonlyMap<string, Tensor>): Record<string, number[]> {
  return Object.fromEntries([...parameters].map(([name, tensor]) => [name, [...tensor.readSync()]]));
}
