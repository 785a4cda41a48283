import { Linear, namedParameters } from "@cellstate/lstm-core";
import { add, createSession, mean, Rng, square, sub, type TensorData, tanh } from "@cellstate/tensor";
import {
  type CarriedState,
  type TrainingState,
  TrainingStateError,
  type TrainOptions,
  train,
} from "@cellstate/training";
import { decodeCheckpoint, encodeCheckpoint } from "@cellstate/training/checkpoint";
import { optimizerConfig, scheduleConfig, trainingConfig } from "@cellstate/training/config";
import { expect, test } from "vitest";
import { valuesOf } from "./tiny-run.ts";

const SIZE = 3;
const STEPS_PER_EPOCH = 5;
const stream = new Rng(9).stream("carried-state");

/** One element after another of a made-up series; an epoch is the whole series. */
class Series {
  readonly batchesPerEpoch = STEPS_PER_EPOCH;
  #given = 0;

  next() {
    const place = this.#given++ % STEPS_PER_EPOCH;
    return { batch: place, tokens: 1, epochEnded: place === STEPS_PER_EPOCH - 1 };
  }

  state() {
    return this.#given;
  }

  load(state: unknown) {
    this.#given = state as number;
  }
}

/** A recurrent model that reads the series on and on, with its hidden state from batch to batch. */
async function recurrentRun() {
  const session = await createSession({ backend: "reference" });
  const input = new Linear(session, { inputSize: 1, outputSize: SIZE, stream: stream.fork("input") });
  const recurrent = new Linear(session, { inputSize: SIZE, outputSize: SIZE, stream: stream.fork("recurrent") });
  const output = new Linear(session, { inputSize: SIZE, outputSize: 1, stream: stream.fork("output") });
  const parameters = namedParameters({ input, recurrent, output });
  let hidden: TensorData = { dtype: "float32", shape: [1, SIZE], data: new Float32Array(SIZE) };
  const carried: CarriedState = {
    state: () => new Map([["hidden", hidden]]),
    load: (tensors) => {
      hidden = tensors.get("hidden")!;
    },
  };
  const options: TrainOptions<number> = {
    session,
    parameters,
    optimizer: optimizerConfig.parse({ kind: "sgd", learningRate: 0.2, momentum: 0.5 }),
    schedule: scheduleConfig.parse({ kind: "constant" }),
    training: trainingConfig.parse({ epochs: 3, checkpointEverySteps: 1 }),
    batches: Object.assign(new Series(), { carried }),
    lossOf: (place) => {
      const before = session.tensor(hidden.data, [1, SIZE]);
      const x = session.tensor([Math.sqrt(place)], [1, 1]);
      const after = tanh(add(input.forward(x), recurrent.forward(before))); // [1, SIZE]
      hidden = { dtype: "float32", shape: [1, SIZE], data: after.readSync() };
      return { loss: mean(square(sub(output.forward(after), session.full([1, 1], place % 2)))), count: 1 };
    },
    evaluate: async () => ({ score: 0 }),
    selection: { name: "score", direction: "max" },
  };
  return { options, parameters };
}

/** Trains to the end or, as if it was killed, to the checkpoint of step `stopAfter`. */
async function runFrom(resumeFrom?: TrainingState, stopAfter?: number) {
  const { options, parameters } = await recurrentRun();
  const controller = new AbortController();
  const states: Uint8Array[] = [];
  await train({
    ...options,
    signal: controller.signal,
    ...(resumeFrom && { resumeFrom }),
    checkpoints: {
      write: async (state) => `file ${states.push(encodeCheckpoint({ ...state, elapsedSeconds: 0, stepSeconds: 0 }))}`,
    },
    callbacks: {
      onStep: ({ step }) => {
        if (step === stopAfter) controller.abort();
      },
    },
  });
  return { states, weights: valuesOf(parameters) };
}

test.each([1, 4, 5, 11])(
  "a model that carries its state, killed after step %i, goes on to the same bits",
  async (step) => {
    const straight = await runFrom();
    const first = await runFrom(undefined, step);
    const second = await runFrom(decodeCheckpoint(first.states.at(-1)!, "middle"));
    expect([...first.states, ...second.states]).toEqual(straight.states);
    expect(second.weights).toEqual(straight.weights);
  },
);

test("a checkpoint holds what the model carries, and the run depends on it", async () => {
  const { states } = await runFrom(undefined, 4);
  const middle = decodeCheckpoint(states.at(-1)!, "middle");
  expect([...middle.carried.keys()]).toEqual(["hidden"]);
  const forgotten: TensorData = { dtype: "float32", shape: [1, SIZE], data: new Float32Array(SIZE) };
  const straight = await runFrom(middle);
  const forgetful = await runFrom({ ...middle, carried: new Map([["hidden", forgotten]]) });
  expect(forgetful.weights).not.toEqual(straight.weights);
});

test("a checkpoint that lacks what the model carries, or has something else, is refused by name", async () => {
  const { states } = await runFrom(undefined, 4);
  const middle = decodeCheckpoint(states.at(-1)!, "middle");
  const hidden = middle.carried.get("hidden")!;
  const resume = (carried: TrainingState["carried"]) => runFrom({ ...middle, carried });
  await expect(resume(new Map())).rejects.toThrow(TrainingStateError);
  await expect(resume(new Map())).rejects.toThrow(
    "carried state: the saved state belongs to another model; missing: hidden",
  );
  await expect(
    resume(
      new Map([
        ["hidden", hidden],
        ["cell", hidden],
      ]),
    ),
  ).rejects.toThrow("unexpected: cell");
  await expect(resume(new Map([["hidden", { ...hidden, shape: [SIZE] }]]))).rejects.toThrow(
    "carried state hidden: expected float32 [1, 3], got float32 [3]",
  );
  const { options } = await recurrentRun();
  const stateless = { ...options, batches: new Series() };
  await expect(train({ ...stateless, resumeFrom: middle })).rejects.toThrow("unexpected: hidden");
});
