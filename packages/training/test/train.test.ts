import { mul, square, sum } from "@cellstate/tensor";
import {
  type EpochEndEvent,
  type EvaluateEvent,
  NonFiniteError,
  SelectionError,
  type StepEvent,
  type TrainingState,
  TrainingStateError,
  train,
} from "@cellstate/training";
import { expect, test } from "vitest";
import { tinyRun, valuesOf } from "./tiny-run.ts";

test("training lowers the loss and ends with the best weights on dev", async () => {
  const { options, parameters } = await tinyRun({ training: { epochs: 25, patience: null } });
  const before = (await options.evaluate()).loss as number;
  const seen: { loss: number; weights: unknown }[] = [];
  const result = await train({
    ...options,
    callbacks: {
      onEvaluate: ({ metrics }) => void seen.push({ loss: metrics.loss as number, weights: valuesOf(parameters) }),
    },
  });
  const best = seen.reduce((a, b) => (b.loss < a.loss ? b : a));
  expect(best.loss).toBeLessThan(before / 2);
  expect(result).toMatchObject({ status: "finished", step: 100, epochs: 25, best: { value: best.loss } });
  expect(valuesOf(parameters)).toEqual(best.weights);
});

test("events tell steps, epochs, losses and learning rates, counted from 1 and in order", async () => {
  const { options } = await tinyRun({
    optimizer: { kind: "sgd", learningRate: 0.5 },
    schedule: { kind: "linear" },
    training: { epochs: 2, evaluateEverySteps: 3 },
  });
  const log: string[] = [];
  const steps: StepEvent[] = [];
  const epochs: EpochEndEvent[] = [];
  const result = await train({
    ...options,
    checkpoints: { write: async ({ step }) => `file ${step}` },
    callbacks: {
      onStep: (event) => {
        steps.push(event);
        log.push(`step ${event.step}`);
      },
      onEvaluate: ({ step, epoch }) => void log.push(`evaluate ${step} in ${epoch}`),
      onEpochEnd: (event) => {
        epochs.push(event);
        log.push(`end of ${event.epoch}`);
      },
      onCheckpoint: ({ step, file }) => void log.push(`checkpoint ${step} ${file}`),
    },
  });
  expect(log.join(", ")).toBe(
    "step 1, step 2, step 3, evaluate 3 in 1, step 4, evaluate 4 in 1, end of 1, checkpoint 4 file 4, " +
      "step 5, step 6, evaluate 6 in 2, step 7, step 8, evaluate 8 in 2, end of 2, checkpoint 8 file 8",
  );
  expect(steps.map(({ learningRate }) => learningRate)).toEqual([8, 7, 6, 5, 4, 3, 2, 1].map((n) => (0.5 * n) / 8));
  expect(steps.every(({ totalSteps, gradientNorm }) => totalSteps === 8 && gradientNorm > 0)).toBe(true);
  expect(result.tokens).toBe(2 * 13 * 3);
  const counts = [4, 4, 4, 1];
  const mean = steps.slice(0, 4).reduce((total, { loss }, i) => total + loss * counts[i]!, 0) / 13;
  expect(epochs[0]!.trainLoss).toBe(mean);
});

test("early stopping waits for `patience` epochs and goes back to the best weights", async () => {
  const { options, parameters } = await tinyRun({ training: { epochs: 20, patience: 2 } });
  const scores = [0.5, 0.7, 0.7, 0.6, 0.9];
  const weights: unknown[] = [];
  const waited: number[] = [];
  const result = await train({
    ...options,
    selection: { name: "accuracy", direction: "max" },
    evaluate: async () => {
      weights.push(valuesOf(parameters));
      return { accuracy: scores[weights.length - 1] };
    },
    callbacks: { onEpochEnd: ({ epochsWithoutImprovement }) => void waited.push(epochsWithoutImprovement) },
  });
  expect(result).toMatchObject({ status: "stoppedEarly", epochs: 4, best: { value: 0.7, epoch: 2, step: 8 } });
  expect(waited).toEqual([0, 0, 1, 2]);
  expect(valuesOf(parameters)).toEqual(weights[1]);
});

test("of equal dev scores the lower loss wins, counts as progress and keeps the learning rate up", async () => {
  const { options, parameters } = await tinyRun({ training: { epochs: 4, patience: 2 } });
  const losses = [0.9, 0.7, 0.8, 0.6];
  const weights: unknown[] = [];
  const rates: number[] = [];
  const result = await train({
    ...options,
    schedule: { kind: "plateau", patience: 1, factor: 0.5 },
    selection: { name: "bleu", direction: "max", tieBreaker: { name: "loss", direction: "min" } },
    evaluate: async () => {
      weights.push(valuesOf(parameters));
      return { bleu: 0, loss: losses[weights.length - 1] };
    },
    callbacks: { onStep: ({ learningRate }) => void rates.push(learningRate) },
  });
  expect(result).toMatchObject({ status: "finished", best: { value: 0, tieBreak: 0.6, epoch: 4 } });
  expect(valuesOf(parameters)).toEqual(weights[3]);
  const ofEpochs = [0, 4, 8, 12].map((step) => rates[step]! / rates[0]!);
  expect(ofEpochs).toEqual([1, 1, 1, 0.5]);
});

test("a dev score that is not a number is never the best", async () => {
  const { options } = await tinyRun({ training: { epochs: 3 } });
  const scores = [Number.NaN, 2, Number.NEGATIVE_INFINITY];
  const improved: boolean[] = [];
  const result = await train({
    ...options,
    evaluate: async () => ({ loss: scores.shift() }),
    callbacks: { onEvaluate: (event: EvaluateEvent) => void improved.push(event.improved) },
  });
  expect(improved).toEqual([false, true, false]);
  expect(result.best).toEqual({ value: 2, step: 8, epoch: 2 });
});

test("clipping bounds the step and null switches it off", async () => {
  const lengthOfFirstStep = async (clipNorm: number | null): Promise<number> => {
    const { options, parameters } = await tinyRun({
      optimizer: { kind: "sgd", learningRate: 1 },
      training: { epochs: 1, clipNorm },
    });
    const before = Object.values(valuesOf(parameters)).flat();
    let length = 0;
    await train({
      ...options,
      callbacks: {
        onStep: ({ step }) => {
          if (step > 1) return;
          const after = Object.values(valuesOf(parameters)).flat();
          length = Math.hypot(...after.map((value, i) => value - before[i]!));
        },
      },
    });
    return length;
  };
  expect(await lengthOfFirstStep(0.01)).toBeCloseTo(0.01, 6);
  expect(await lengthOfFirstStep(null)).toBeGreaterThan(0.1);
});

test("averaged weights are evaluated and left behind, and the run goes on without them", async () => {
  for (const sections of [
    { training: { epochs: 3, averaging: { kind: "ema", decay: 0.5 } } },
    { training: { epochs: 3 }, optimizer: { kind: "asgd", learningRate: 0.3, averageAfterSteps: 0 } },
  ]) {
    const plain = { ...sections, training: { epochs: 3 } };
    const { options, parameters } = await tinyRun(sections);
    const evaluated: unknown[] = [];
    const lastOf = async (run: typeof options, from: typeof parameters) => {
      const steps: unknown[] = [];
      const result = await train({ ...run, callbacks: { onStep: () => void steps.push(valuesOf(from)) } });
      return { steps, result };
    };
    const evaluate = async () => {
      evaluated.push(valuesOf(parameters));
      return { loss: -evaluated.length };
    };
    const averaging = await lastOf({ ...options, evaluate }, parameters);
    const other = await tinyRun(plain);
    const straight = await lastOf(other.options, other.parameters);
    expect(averaging.steps).toEqual(straight.steps);
    expect(evaluated).not.toContainEqual(straight.steps.at(-1));
    expect(valuesOf(parameters)).toEqual(evaluated.at(-1));
  }
});

test("each gradient is clipped by itself where the config says so, and clipNorm is then off", async () => {
  const { options, parameters } = await tinyRun({
    optimizer: { kind: "sgd", learningRate: 1 },
    training: { epochs: 1, clip: { kind: "value", limit: 0.001 } },
  });
  expect(options.training.clipNorm).toBe(null);
  const before = Object.values(valuesOf(parameters)).flat();
  const sizes: number[] = [];
  const onStep = ({ step, gradientNorm }: StepEvent) => {
    const after = Object.values(valuesOf(parameters)).flat();
    sizes.push(Math.max(...after.map((value, i) => Math.abs(value - before[i]!))) / step);
    expect(gradientNorm).toBeGreaterThan(0.01);
  };
  await train({ ...options, callbacks: { onStep } });
  for (const size of sizes) expect(size).toBeLessThan(0.00101);
});

test("an interrupt finishes the step, writes a checkpoint and leaves the weights of the last step", async () => {
  const { options, parameters } = await tinyRun({ training: { epochs: 5 } });
  const controller = new AbortController();
  const written: TrainingState[] = [];
  const result = await train({
    ...options,
    signal: controller.signal,
    checkpoints: { write: async (state) => `file ${written.push(state)}` },
    callbacks: {
      onStep: ({ step }) => {
        if (step === 6) controller.abort();
      },
    },
  });
  expect(result).toMatchObject({ status: "interrupted", step: 6, epochs: 1 });
  expect(written.map(({ step }) => step)).toEqual([4, 6]);
  const weights = [...written[1]!.weights].map(([name, { data }]) => [name, [...data]]);
  expect(Object.fromEntries(weights)).toEqual(valuesOf(parameters));
});

test("an interrupt that comes from outside reaches a loop of synchronous steps", async () => {
  const { options } = await tinyRun({ training: { epochs: 1_000_000 } });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  expect(await train({ ...options, signal: controller.signal })).toMatchObject({ status: "interrupted" });
});

test("a checkpoint is written every checkpointEverySteps and at each epoch's end, once a step", async () => {
  const { options } = await tinyRun({ training: { epochs: 2, checkpointEverySteps: 2 } });
  const steps: number[] = [];
  await train({ ...options, checkpoints: { write: async ({ step }) => `file ${steps.push(step)}` } });
  expect(steps).toEqual([2, 4, 6, 8]);
});

test("a loss that is not finite names the step and the op", async () => {
  const { options, parameters, session } = await tinyRun({ training: { epochs: 2 } });
  const lossOf: typeof options.lossOf = (batch, step) => {
    if (step < 5) return options.lossOf(batch, step);
    const overflowing = mul(parameters.get("output.bias")!, session.full([2], 3e38));
    return { loss: sum(square(overflowing)), count: 1 };
  };
  const failure = train({ ...options, lossOf });
  await expect(failure).rejects.toThrow(NonFiniteError);
  await expect(failure).rejects.toThrow(
    "the loss is Infinity in step 6; the first tensor that holds a NaN or an infinity is the output of square, element 0",
  );
});

test("a weight that is not finite is named before any op", async () => {
  const { options, parameters } = await tinyRun();
  parameters.get("output.weight")!.write([1, 2, 3, Number.NaN, 5, 6, 7, 8, 9, 10]);
  const failure = train(options);
  await expect(failure).rejects.toThrow(
    "the loss is NaN in step 1; the first tensor that holds a NaN or an infinity is parameter output.weight, element 3",
  );
  await expect(failure).rejects.toMatchObject({ step: 1, tensor: "parameter output.weight, element 3" });
});

test("diverging weights end in an error, not in a model", async () => {
  const { options } = await tinyRun({
    optimizer: { kind: "sgd", learningRate: 1e38 },
    training: { epochs: 9, clipNorm: null },
  });
  await expect(train(options)).rejects.toThrow(NonFiniteError);
});

test("a selection metric that is missing is named beside those that are there", async () => {
  const { options } = await tinyRun();
  const failure = train({
    ...options,
    evaluate: async () => ({ loss: 1, bleu: 2, note: "x" }),
    selection: { name: "accuracy", direction: "max" },
  });
  await expect(failure).rejects.toThrow(SelectionError);
  await expect(failure).rejects.toThrow('expected evaluate() to give a number called "accuracy", got loss, bleu');
});

test("no batches and states of another model are refused", async () => {
  const { options } = await tinyRun();
  await expect(train({ ...options, batches: { ...options.batches, batchesPerEpoch: 0 } })).rejects.toThrow(
    "expected batches.batchesPerEpoch to be an integer >= 1, got 0; is the training data empty?",
  );
  let state: TrainingState | undefined;
  const store = {
    write: async (written: TrainingState) => {
      state = written;
      return "file";
    },
  };
  await train({ ...options, checkpoints: store });
  const other = await tinyRun({ schedule: { kind: "cosine" } });
  const failure = train({ ...other.options, resumeFrom: state! });
  await expect(failure).rejects.toThrow(TrainingStateError);
  await expect(failure).rejects.toThrow("expected the state of schedule cosine, got the state of constant");
  const third = await tinyRun();
  const weights = new Map([...state!.weights].slice(1));
  await expect(train({ ...third.options, resumeFrom: { ...state!, weights } })).rejects.toThrow(
    "weights: the saved state belongs to another model; missing: hidden.weight",
  );
});
