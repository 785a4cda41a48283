/** What changes by itself beside the parameters, such as running statistics, goes with them: into checkpoints, back, and to the best. */
import { add, assign, type Tensor } from "@cellstate/tensor";
import { type TrainingState, train } from "@cellstate/training";
import { expect, test } from "vitest";
import { tinyRun } from "./tiny-run.ts";

/** A run whose model counts its training steps in a buffer; stops after `stopAfter` of them. */
async function countedRun(resumeFrom?: TrainingState, stopAfter = Number.POSITIVE_INFINITY) {
  const { session, options } = await tinyRun({ training: { epochs: 3, patience: null } });
  const count: Tensor = session.zeros([1]);
  const controller = new AbortController();
  const states: TrainingState[] = [];
  const result = await train({
    ...options,
    training: { ...options.training, checkpointEverySteps: 1 },
    buffers: new Map([["count", count]]),
    lossOf: (batch, step) => {
      assign(count, add(count, 1));
      if (step + 1 >= stopAfter) controller.abort();
      return options.lossOf(batch, step);
    },
    signal: controller.signal,
    checkpoints: { write: async (state) => `${states.push(state)}` },
    ...(resumeFrom && { resumeFrom }),
  });
  return { result, states, count: count.item() };
}

test("buffers are saved with the weights and go on from a checkpoint", async () => {
  const { states } = await countedRun(undefined, 5);
  const middle = states.at(-1)!;
  expect(middle.weights.get("count")!.data).toEqual(Float32Array.of(5));
  const whole = await countedRun();
  const resumed = await countedRun(middle);
  expect(resumed.states.at(-1)!.weights).toEqual(whole.states.at(-1)!.weights);
  expect(resumed.count).toBe(whole.count);
});

test("after training the buffers are those of the best evaluation, as the weights are", async () => {
  const { result, count, states } = await countedRun();
  expect(result.status).not.toBe("interrupted");
  expect(count).toBe(states.at(-1)!.best!.step);
});

test("a checkpoint without the buffers is refused by their names", async () => {
  const { states } = await countedRun(undefined, 2);
  const { count: _, ...others } = Object.fromEntries(states.at(-1)!.weights);
  const without = { ...states.at(-1)!, bestWeights: undefined, weights: new Map(Object.entries(others)) };
  await expect(countedRun(without)).rejects.toThrow("missing: count");
});
