/** Averaged weights with batch normalization: running statistics become those of the training data under the averages. */
import { BatchNorm, evaluationStep } from "@cellstate/lstm-core";
import { createSession, mean, mul, Rng, square, sub, type Tensor } from "@cellstate/tensor";
import { type TrainingState, train } from "@cellstate/training";
import { optimizerConfig, scheduleConfig, trainingConfig } from "@cellstate/training/config";
import { expect, test } from "vitest";

const values = [...new Rng(3).stream("values").normal(24)].map((value, at) => 3 + value + (at % 2));
const ROWS = 4;

/** Batches of four rows of two features, in an order of each epoch's own. */
class Batches {
  readonly batchesPerEpoch = 3;
  #given = 0;

  next() {
    const epoch = Math.floor(this.#given / 3);
    const place = this.#given++ % 3;
    const batch = new Rng(epoch)
      .stream("order")
      .permutation(12)
      .subarray(place * ROWS, (place + 1) * ROWS);
    return { batch, tokens: ROWS, epochEnded: place === 2 };
  }

  state() {
    return this.#given;
  }

  load(state: unknown) {
    this.#given = state as number;
  }
}

interface Evaluated {
  readonly scale: number;
  readonly runningMean: readonly number[];
  readonly runningVariance: readonly number[];
}

/** A model that scales its input, which averaging changes, before it is normalized. */
async function averagedRun({
  averaging,
  ...rest
}: {
  averaging?: object;
  resumeFrom?: TrainingState;
  stopAfter?: number;
}) {
  const session = await createSession({ backend: "reference" });
  const scale = session.tensor([1], [1], { requiresGrad: true });
  const norm = new BatchNorm(session, { size: 2, stream: new Rng(1).stream("norm") });
  const evaluations: Evaluated[] = [];
  const states: TrainingState[] = [];
  const controller = new AbortController();
  const rowsOf = (batch: ArrayLike<number>): Tensor => {
    const rows = Array.from(batch).flatMap((row) => values.slice(2 * row, 2 * row + 2));
    return mul(session.tensor(rows, [batch.length, 2]), scale);
  };
  const result = await train({
    session,
    parameters: new Map([["scale", scale], ...norm.parameters()]),
    buffers: norm.buffers(),
    optimizer: optimizerConfig.parse({ kind: "sgd", learningRate: 0.1 }),
    schedule: scheduleConfig.parse({ kind: "constant" }),
    training: trainingConfig.parse({ epochs: 3, checkpointEverySteps: 1, ...(averaging && { averaging }) }),
    batches: new Batches(),
    lossOf: (batch, step, statisticsShare) => {
      if (statisticsShare === undefined && step + 1 >= (rest.stopAfter ?? Number.POSITIVE_INFINITY)) controller.abort();
      const context = { training: true, step, examples: Int32Array.from(batch), statisticsShare };
      const normal = norm.forward(rowsOf(batch), context);
      return { loss: mean(square(sub(normal, rowsOf(batch)))), count: batch.length };
    },
    evaluate: async () => {
      const [runningMean, runningVariance] = [norm.runningMean, norm.runningVariance].map((x) => [...x.readSync()]);
      evaluations.push({ scale: scale.item(), runningMean: runningMean!, runningVariance: runningVariance! });
      return { loss: mean(square(norm.forward(rowsOf([0, 1, 2]), evaluationStep))).item() };
    },
    selection: { name: "loss", direction: "min" },
    signal: controller.signal,
    checkpoints: { write: async (state) => `${states.push(state)}` },
    ...(rest.resumeFrom && { resumeFrom: rest.resumeFrom }),
  });
  const saved = Object.fromEntries([...norm.buffers()].map(([name, tensor]) => [name, [...tensor.readSync()]]));
  return { evaluations, states, result, saved };
}

test.each([{ kind: "swa" }, { kind: "ema", decay: 0.5 }])(
  "with $kind, dev sees the statistics of all batches",
  async (averaging) => {
    const { evaluations, saved } = await averagedRun({ averaging });
    const batches = new Batches();
    const first = Array.from({ length: 3 }, () => batches.next().batch);
    for (const { scale, runningMean, runningVariance } of evaluations) {
      for (const feature of [0, 1]) {
        const columns = first.map((batch) => Array.from(batch, (row) => values[2 * row + feature]! * scale));
        const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / ROWS);
        const variances = columns.map(
          (column, at) => column.reduce((sum, value) => sum + (value - means[at]!) ** 2, 0) / (ROWS - 1),
        );
        const average = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / 3;
        expect(runningMean[feature]).toBeCloseTo(average(means), 4);
        expect(runningVariance[feature]).toBeCloseTo(average(variances), 4);
      }
    }
    expect(evaluations).toHaveLength(3);
    expect(evaluations.map(({ runningMean }) => runningMean)).toContainEqual(saved.running_mean);
  },
);

test("the run itself goes on with its own statistics, and resumed to the same ones", async () => {
  const averaging = { kind: "ema", decay: 0.5 };
  const [whole, plain] = [await averagedRun({ averaging }), await averagedRun({})];
  const buffersIn = ({ weights }: TrainingState) => [weights.get("running_mean"), weights.get("running_var")];
  expect(whole.states.map(buffersIn)).toEqual(plain.states.map(buffersIn));
  const { states } = await averagedRun({ averaging, stopAfter: 5 });
  const resumed = await averagedRun({ averaging, resumeFrom: states.at(-1)! });
  expect(resumed.evaluations).toEqual(whole.evaluations.slice(-resumed.evaluations.length));
  expect(resumed.saved).toEqual(whole.saved);
});
