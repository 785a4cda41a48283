import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BatchSource, type TrainingState, train } from "@cellstate/training";
import { CheckpointFolder, decodeCheckpoint, encodeCheckpoint } from "@cellstate/training/checkpoint";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type TinyBatch, type TinySections, tinyRun, valuesOf } from "./tiny-run.ts";

const optimizer = fc.constantFrom(
  { kind: "adamw", learningRate: 0.05 },
  { kind: "adam", learningRate: 0.05, weightDecay: 0.01 },
  { kind: "sgd", learningRate: 0.3 },
  { kind: "sgd", learningRate: 0.3, momentum: 0.8, nesterov: true },
  { kind: "asgd", learningRate: 0.3, averageAfterSteps: 3 },
  { kind: "nadam", learningRate: 0.05, groups: [{ pattern: "hidden.*", unfreezeEpoch: 2, learningRateFactor: 0.5 }] },
  { kind: "adam", amsgrad: true, byDepth: { layers: ["output.*", "hidden.*"], gradualUnfreezing: true } },
);
const schedule = fc.constantFrom(
  { kind: "constant" },
  { kind: "linear", warmupSteps: 3 },
  { kind: "cosine", warmupSteps: 2, finalFactor: 0.1 },
  { kind: "plateau", patience: 1 },
);
const training = fc.record({
  epochs: fc.integer({ min: 1, max: 4 }),
  patience: fc.constantFrom(null, 1, 2),
  clipNorm: fc.constantFrom(null, 0.3),
  evaluateEverySteps: fc.constantFrom(undefined, 1, 3),
  accumulateSteps: fc.constantFrom(1, 1, 3),
  constraints: fc.constantFrom(undefined, [{ pattern: "*.weight", kind: "maxNorm", maxValue: 1 }]),
  clip: fc.constantFrom(undefined, undefined, { kind: "value", limit: 0.01 }, { kind: "adaptive" }),
  averaging: fc.constantFrom(
    undefined,
    { kind: "ema", decay: 0.7 },
    { kind: "swa", fromEpoch: 2 },
    { kind: "nonMonotone", patience: 1 },
  ),
});

/** A turn of the event loop. */
function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Times differ between runs and nothing else may. */
function withoutTimes(state: TrainingState): TrainingState {
  return { ...state, elapsedSeconds: 0, stepSeconds: 0 };
}

/** Trains, writing a checkpoint after every step; stops after `stopAfter` steps. */
async function runFrom(
  sections: TinySections,
  resumeFrom?: TrainingState,
  stopAfter = Number.POSITIVE_INFINITY,
  source = (batches: BatchSource<TinyBatch>) => batches,
) {
  const { options, parameters, session } = await tinyRun(sections);
  const controller = new AbortController();
  const states: Uint8Array[] = [];
  const result = await train({
    ...options,
    batches: source(options.batches),
    training: { ...options.training, checkpointEverySteps: 1 },
    signal: controller.signal,
    ...(resumeFrom && { resumeFrom }),
    checkpoints: { write: async (state) => `file ${states.push(encodeCheckpoint(withoutTimes(state)))}` },
    callbacks: {
      onStep: ({ step }) => {
        if (step >= stopAfter) controller.abort();
      },
    },
  });
  const weights = valuesOf(parameters);
  await session.dispose();
  return { result, states, weights };
}

test("steps, a checkpoint, a new session and the other steps give the bits of an uninterrupted run", async () => {
  await fc.assert(
    fc.asyncProperty(optimizer, schedule, training, fc.nat(), async (optimizer, schedule, training, seed) => {
      const sections = { optimizer, schedule, training };
      const straight = await runFrom(sections);
      const stopAfter = 1 + (seed % straight.states.length);
      const first = await runFrom(sections, undefined, stopAfter);
      const middle = decodeCheckpoint(first.states.at(-1)!, "middle");
      const second = await runFrom(sections, middle);
      expect(second.weights).toEqual(straight.weights);
      expect(second.result.best).toEqual(straight.result.best);
      expect(second.result.status).toBe(straight.result.status);
      expect([...first.states, ...second.states]).toEqual(straight.states);
    }),
    { numRuns: 60 },
  );
});

test("batches that come in time, as from a disk, give the bits of batches that are there at once", async () => {
  const straight = await runFrom({ training: { epochs: 3 } });
  const inTime = (batches: BatchSource<TinyBatch>): BatchSource<TinyBatch> => ({
    batchesPerEpoch: batches.batchesPerEpoch,
    next: async () => {
      await later();
      return batches.next();
    },
    state: () => batches.state(),
    load: async (state) => {
      await later();
      await batches.load(state);
    },
  });
  const first = await runFrom({ training: { epochs: 3 } }, undefined, 5, inTime);
  const second = await runFrom(
    { training: { epochs: 3 } },
    decodeCheckpoint(first.states.at(-1)!, "middle"),
    99,
    inTime,
  );
  expect([...first.states, ...second.states]).toEqual(straight.states);
  expect(second.weights).toEqual(straight.weights);
});

test("how often checkpoints are written changes no weight", async () => {
  const often = await runFrom({ training: { epochs: 3 } });
  const { options, parameters } = await tinyRun({ training: { epochs: 3 } });
  await train(options);
  expect(valuesOf(parameters)).toEqual(often.weights);
});

test("a run may go on with another backend or number of threads and keeps every bit", async () => {
  const sections = { training: { epochs: 3 }, schedule: { kind: "linear" } };
  const straight = await runFrom(sections);
  const wasm = { ...sections, backend: { backend: "wasm" as const, threads: 1 } };
  const threaded = { ...sections, backend: { backend: "wasm" as const, threads: 2 } };
  expect((await runFrom(wasm)).states).toEqual(straight.states);
  const first = await runFrom(wasm, undefined, 7);
  const second = await runFrom(threaded, decodeCheckpoint(first.states.at(-1)!, "middle"));
  expect([...first.states, ...second.states]).toEqual(straight.states);
  expect(second.weights).toEqual(straight.weights);
});

test("a finished run that is resumed gives the best weights again and takes no step", async () => {
  const sections = { training: { epochs: 6, patience: 2 }, optimizer: { kind: "sgd", learningRate: 3 } };
  const { states, weights, result } = await runFrom(sections);
  const again = await runFrom(sections, decodeCheckpoint(states.at(-1)!, "last"));
  expect(again.states).toHaveLength(0);
  expect(again.weights).toEqual(weights);
  expect(again.result.status).toBe(result.status);
});

test("a folder of checkpoints resumes a run, and times add up", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cellstate-resume-"));
  try {
    const checkpoints = new CheckpointFolder(folder);
    const { options } = await tinyRun({ training: { epochs: 2 } });
    const controller = new AbortController();
    await train({
      ...options,
      checkpoints,
      signal: controller.signal,
      callbacks: {
        onStep: ({ step }) => {
          if (step === 5) controller.abort();
        },
      },
    });
    const found = (await checkpoints.latest())!;
    expect(found.state.step).toBe(5);
    const second = await tinyRun({ training: { epochs: 2 } });
    const result = await train({ ...second.options, checkpoints, resumeFrom: found.state });
    expect(result.step).toBe(8);
    expect(result.elapsedSeconds).toBeGreaterThan(found.state.elapsedSeconds);
    const straight = await tinyRun({ training: { epochs: 2 } });
    await train(straight.options);
    expect(valuesOf(second.parameters)).toEqual(valuesOf(straight.parameters));
  } finally {
    await rm(folder, { recursive: true });
  }
});
