import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { log, sum } from "@cellstate/tensor";
import { type FailedStep, NonFiniteError, replayStep, type TrainingState, train } from "@cellstate/training";
import { CheckpointFolder } from "@cellstate/training/checkpoint";
import { expect, test } from "vitest";
import { type TinyBatch, tinyRun, valuesOf } from "./tiny-run.ts";

test("maxSteps ends a run in the middle of an epoch with an evaluation, and the schedule with it", async () => {
  const { options } = await tinyRun({
    optimizer: { kind: "sgd", learningRate: 0.5 },
    schedule: { kind: "linear" },
    training: { epochs: 3, maxSteps: 6 },
  });
  const evaluated: number[] = [];
  const rates: number[] = [];
  const result = await train({
    ...options,
    callbacks: {
      onStep: ({ learningRate }) => void rates.push(learningRate),
      onEvaluate: ({ step }) => void evaluated.push(step),
    },
  });
  expect(result).toMatchObject({ status: "stoppedEarly", stoppedBy: "maxSteps", step: 6, epochs: 1 });
  expect(evaluated).toEqual([4, 6]);
  expect(rates.map((rate) => Math.round(rate * 12))).toEqual([6, 5, 4, 3, 2, 1]); // to zero over six steps
});

test("a budget of more steps than the epochs have changes nothing", async () => {
  const [free, bound] = [await tinyRun({}), await tinyRun({ training: { epochs: 3, maxSteps: 1000 } })];
  expect(await train(free.options)).toMatchObject({ status: "finished", stoppedBy: "epochs", step: 12 });
  expect(await train(bound.options)).toMatchObject({ status: "finished", stoppedBy: "epochs", step: 12 });
  expect(valuesOf(bound.parameters)).toEqual(valuesOf(free.parameters));
});

test("maxMinutes ends a run after the step in which they have passed, also where an earlier part spent them", async () => {
  const { options } = await tinyRun({ training: { epochs: 1000, maxMinutes: 0.002 } });
  let last: TrainingState | undefined;
  const checkpoints = {
    write: async (state: TrainingState) => {
      last = state;
      return "";
    },
  };
  const result = await train({ ...options, checkpoints });
  expect(result).toMatchObject({ status: "stoppedEarly", stoppedBy: "maxMinutes" });
  expect(result.step).toBeLessThan(4000);
  expect(last?.step).toBe(result.step);
  const again = await tinyRun({ training: { epochs: 1000, maxMinutes: 0.002 } });
  const resumed = await train({ ...again.options, resumeFrom: last! });
  expect(resumed).toMatchObject({ stoppedBy: "maxMinutes", step: result.step });
});

test("a run that its time ended in an epoch goes on with more as if it had been there", async () => {
  const training = { epochs: 1000, maxSteps: 41 };
  const whole = await tinyRun({ training });
  const evaluated: number[][] = [[], []];
  await train({ ...whole.options, callbacks: { onEvaluate: ({ step }) => void evaluated[0]!.push(step) } });
  let last: TrainingState | undefined;
  const checkpoints = {
    write: async (state: TrainingState) => {
      last = state;
      return "";
    },
  };
  // Steps are four an epoch, so this one is in the middle of one; its evaluation is no part of what goes on.
  const first = await tinyRun({ training: { ...training, maxMinutes: 1e-9 } });
  const ended = await train({ ...first.options, checkpoints, endAtStep: 6 });
  expect(ended).toMatchObject({ stoppedBy: "maxMinutes", step: 6, best: { step: expect.any(Number) } });
  expect(last).toMatchObject({ step: 6, best: { step: 4 } });
  const second = await tinyRun({ training });
  const onEvaluate = ({ step }: { step: number }) => void evaluated[1]!.push(step);
  await train({ ...second.options, resumeFrom: last!, callbacks: { onEvaluate } });
  expect(evaluated[1]).toEqual(evaluated[0]!.slice(1));
  expect(valuesOf(second.parameters)).toEqual(valuesOf(whole.parameters));
  // Whoever was killed before that evaluation still takes it.
  const killed = await tinyRun({ training: { ...training, maxMinutes: 1e-9 } });
  const again: number[] = [];
  await train({
    ...killed.options,
    resumeFrom: last!,
    endAtStep: 6,
    callbacks: { onEvaluate: ({ step }) => void again.push(step) },
  });
  expect(again).toEqual([6]);
  expect(valuesOf(killed.parameters)).toEqual(valuesOf(first.parameters));
});

test("endAtStep repeats a run that its time ended, whatever the clock says, with the schedule of the whole run", async () => {
  const schedule = { kind: "linear" };
  const { options, parameters } = await tinyRun({ schedule, training: { epochs: 1000, maxMinutes: 0.001 } });
  const { step } = await train(options);
  const again = await tinyRun({ schedule, training: { epochs: 1000, maxMinutes: 1e-9 } });
  const repeated = await train({ ...again.options, endAtStep: step });
  expect(repeated).toMatchObject({ status: "stoppedEarly", stoppedBy: "maxMinutes", step });
  expect(valuesOf(again.parameters)).toEqual(valuesOf(parameters));
});

test("several callbacks are told one after the other, each after the one before it is done", async () => {
  const { options } = await tinyRun({ training: { epochs: 1 } });
  const told: string[] = [];
  const slow = {
    onStep: async ({ step }: { step: number }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      told.push(`slow ${step}`);
    },
  };
  const fast = { onStep: ({ step }: { step: number }) => void told.push(`fast ${step}`), onEpochEnd: () => {} };
  await train({ ...options, callbacks: [slow, {}, fast] });
  expect(told).toEqual([1, 2, 3, 4].flatMap((step) => [`slow ${step}`, `fast ${step}`]));
});

test("keepCheckpoints { top } keeps the states at the best scores, of equal ones the earlier", async () => {
  const folder = join(await mkdtemp(join(tmpdir(), "top-")), "checkpoints");
  const training = { epochs: 6, keepCheckpoints: { top: 2 } };
  const scores = [0.5, 0.9, 0.3, 0.9, 0.7, 0.1];
  const { options } = await tinyRun({ training });
  const checkpoints = new CheckpointFolder(folder, { keep: 1, keepBest: 2 });
  const names = async () => (await readdir(folder)).map((name) => Number(/\d+/.exec(name)?.[0])).sort((a, b) => a - b);
  let evaluations = 0;
  await train({
    ...options,
    selection: { name: "accuracy", direction: "max" },
    evaluate: async () => ({ accuracy: scores[evaluations++] }),
    checkpoints,
  });
  expect(await names()).toEqual([8, 16, 24]); // the two best, and the last
  await checkpoints.prune({ top: 2 });
  expect(await names()).toEqual([8, 16]);
});

test("a folder refuses to keep a number of checkpoints that is none", () => {
  expect(() => new CheckpointFolder("x", { keepBest: 1.5 })).toThrow(
    "CheckpointFolder: expected keepBest to be true, false or an integer >= 0, got 1.5",
  );
});

/** A run whose loss is NaN as soon as the batch with example 0 comes in the second epoch. */
async function failingRun(training: object = { epochs: 3 }) {
  const run = await tinyRun({ training });
  const { session } = run;
  const lossOf = (batch: TinyBatch, step: number) => {
    const { loss, count } = run.options.lossOf(batch, step);
    if (step < 4 || !batch.includes(0)) return { loss, count };
    return { loss: sum(log(session.tensor([-1, 1], [2], { requiresGrad: true }))), count };
  };
  return { ...run, options: { ...run.options, lossOf } };
}

test("a step that fails is told with its batch and the state before it, which replays it to the bit", async () => {
  const { options, parameters } = await failingRun();
  const failures: FailedStep<TinyBatch>[] = [];
  const training = train({ ...options, onFailedStep: (failure) => void failures.push(failure) });
  await expect(training).rejects.toThrow(NonFiniteError);
  const [failure] = failures;
  expect(failures).toHaveLength(1);
  expect(failure!.batches).toHaveLength(1);
  expect(failure!.batches[0]).toContain(0);
  expect(failure!.error.step).toBe(failure!.state.step + 1);

  const again = await failingRun();
  const replayed = await replayStep({ ...pick(again.options), state: failure!.state });
  expect(replayed.batches).toEqual(failure!.batches);
  expect(replayed.error?.message).toBe(failure!.error.message);
  expect(replayed.error?.tensor).toBe("the output of log, element 0");
  expect(valuesOf(again.parameters)).toEqual(valuesOf(parameters));
});

test("a step of several batches is told and replayed with all of them", async () => {
  const training = { epochs: 8, accumulateSteps: 3 };
  const { options } = await failingRun(training);
  const failures: FailedStep<TinyBatch>[] = [];
  await expect(train({ ...options, onFailedStep: (failure) => void failures.push(failure) })).rejects.toThrow(
    NonFiniteError,
  );
  const { batches, state, error } = failures[0]!;
  expect(batches.length).toBeGreaterThan(1);
  expect(batches.at(-1)).toContain(0);
  const again = await failingRun(training);
  const replayed = await replayStep({ ...pick(again.options), accumulateSteps: 3, state });
  expect(replayed.batches).toEqual(batches);
  expect(replayed.error?.message).toBe(error.message);
});

test.each([1, 3])(
  "a step of %i batches that does not fail replays to the loss and the norm that it had",
  async (accumulateSteps) => {
    const { options } = await tinyRun({ training: { epochs: 4, checkpointEverySteps: 5, accumulateSteps } });
    const states: TrainingState[] = [];
    const seen: unknown[] = [];
    await train({
      ...options,
      checkpoints: {
        write: async (state) => {
          states.push(state);
          return "";
        },
      },
      callbacks: { onStep: ({ step, loss, gradientNorm }) => void seen.push({ step, loss, gradientNorm }) },
    });
    const state = states.find(({ step }) => step === 5)!;
    const again = await tinyRun({});
    const { step, loss, gradientNorm, error } = await replayStep({ ...pick(again.options), accumulateSteps, state });
    expect({ step, loss, gradientNorm }).toEqual(seen[5]);
    expect(error).toBeUndefined();
  },
);

test("the penalties of a run are part of the replayed step", async () => {
  const penalties = [{ pattern: "hidden.weight", l2: 0.5 }];
  const training = { epochs: 1, maxSteps: 1, penalties };
  const { options } = await tinyRun({ training });
  const states: TrainingState[] = [];
  const norms: number[] = [];
  const first = await tinyRun({ training: { epochs: 1, maxSteps: 1 } });
  const keep = async (state: TrainingState) => `${states.push(state)}`;
  await train({ ...first.options, checkpoints: { write: keep } });
  const start = await tinyRun({ training: { ...training, maxSteps: 2 } });
  await train({
    ...start.options,
    resumeFrom: states[0]!,
    callbacks: { onStep: ({ gradientNorm }) => void norms.push(gradientNorm) },
  });
  const again = await tinyRun({});
  const regularization = options.training;
  const { gradientNorm } = await replayStep({ ...pick(again.options), regularization, state: states[0]! });
  expect(gradientNorm).toBe(norms[0]);
});

function pick({ session, parameters, batches, lossOf }: Awaited<ReturnType<typeof tinyRun>>["options"]) {
  return { session, parameters, batches, lossOf };
}
