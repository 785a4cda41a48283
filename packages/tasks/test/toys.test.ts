/** Every toy learns, keeps what it learned, goes on after an interruption, and answers inputs alone: whatever it reads and gives. */
import { DataFileError, inputFields } from "@cellstate/data";
import { stateDict } from "@cellstate/lstm-core";
import { ModelFilesError, openModel, type PredictionLine, tasks } from "@cellstate/tasks";
import { type Toy, toys, toyTasks } from "@cellstate/tasks/toys";
import { createSession, type Session } from "@cellstate/tensor";
import type { MetricInfo, TrainingState } from "@cellstate/training";
import { decodeCheckpoint, encodeCheckpoint } from "@cellstate/training/checkpoint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginToy, saveToy, type ToyRun, trainToy } from "./train-toy.ts";
import { expectWellFormed } from "./well-formed.ts";

const all = await toys();

test("toys are found by their folders and have names of their own", () => {
  expect(all.length).toBeGreaterThan(0);
  for (const { name, task } of all) expect(task.name).toBe(name);
  const names = [...tasks, ...all.map(({ task }) => task)].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(all)("$name", (toy) => {
  let run: ToyRun;
  let untrained: number;
  /** Where saved models are opened. */
  let other: Session;

  beforeAll(async () => {
    run = await beginToy(toy);
    untrained = await selected(run);
    await trainToy(run);
    other = await createSession();
  }, 60_000);
  afterAll(async () => {
    await run.session.dispose();
    await other.dispose();
  });

  const inputsOf = ({ dataset, plan }: ToyRun) => {
    const roles = Object.keys(inputFields(plan.fields));
    return dataset.evaluated.dev!.map(({ values }) => Object.fromEntries(roles.map((role) => [role, values[role]])));
  };

  test("gets better on dev and beats its baselines there", async () => {
    const score = await selected(run);
    const { selection } = run.plan;
    expect(better(score, untrained, selection), `${score} after training, ${untrained} before`).toBe(true);
    const baselines = Object.entries((await run.pipeline.fitBaselines(run.train)).score(run.evaluated));
    expect(baselines.length).toBeGreaterThan(0);
    for (const [name, scores] of baselines) {
      expect(Object.keys(scores)).toEqual([...run.evaluated.keys()]);
      const floor = Number(scores.dev![selection.name]);
      expect(better(score, floor, selection), `${score}, ${name} ${floor}`).toBe(true);
    }
  });

  test("scores each of its metrics, one of which is the loss and one of which selects", async () => {
    const { metrics, loss, selection } = run.plan;
    expect(metrics).toEqual(expect.arrayContaining([loss, selection]));
    for (const examples of run.evaluated.values()) {
      const { scores } = await run.model.evaluate(examples);
      expect(Object.keys(scores)).toEqual(metrics.map(({ name }) => name));
      expect(Object.values(scores).every(Number.isFinite)).toBe(true);
    }
  });

  test("predicts the same to the bit once it is saved and opened, from inputs alone", async () => {
    const lines = [...(await run.model.evaluate(run.evaluated.get("dev")!)).lines()];
    const targets = Object.entries(run.plan.fields).flatMap(([role, { target }]) => (target ? [role] : []));
    const predictor = await openModel(await saveToy(run), other, { tasks: await toyTasks() });
    const opened: PredictionLine[] = [];
    for await (const line of predictor.predict(inputsOf(run))) opened.push(line);
    expect(opened).toEqual(lines.map((line) => without(line, targets)));
    expect(opened.map((line) => JSON.parse(JSON.stringify(line)))).toEqual(opened);
  });

  test("refuses inputs that it does not read, and a model folder without one of its files", async () => {
    const files = await saveToy(run);
    const open = (given = files) => openModel(given, other, { tasks: [toy.task] });
    const predictor = await open();
    await expect(predictor.predict([{}]).next()).rejects.toThrow(DataFileError);
    const missing = Object.keys(inputFields(run.plan.fields))[0]!;
    await expect(predictor.predict([{}]).next()).rejects.toThrow(`input:1: no value for ${missing}`);
    for (const file of files.keys()) {
      const others = new Map([...files].filter(([name]) => name !== file));
      await expect(open(others)).rejects.toThrow(ModelFilesError);
      await expect(open(others)).rejects.toThrow(`model folder: ${file}: missing`);
    }
  });

  test("refuses keys that its config does not have", () => {
    const { configSchema } = toy.task;
    const sections = Object.fromEntries(Object.entries(run.config).filter(([key]) => key in configSchema.shape));
    expect(configSchema.safeParse(sections).success).toBe(true);
    expect(configSchema.safeParse({ ...sections, modle: {} }).error?.issues[0]).toMatchObject({ keys: ["modle"] });
  });

  test("goes on after an interruption to the same weights as without one", async () => {
    const straight = await trainFromStart(toy);
    for (const stopAfter of [1, straight.stepsPerEpoch + 1]) {
      const { states } = await trainFromStart(toy, { stopAfter });
      const middle = decodeCheckpoint(states.at(-1)!, "middle");
      const resumed = await trainFromStart(toy, { resumeFrom: middle });
      expect(resumed.weights).toEqual(straight.weights);
      expect(resumed.states.at(-1)).toEqual(straight.states.at(-1));
      if (middle.carried.size === 0) continue;
      const carried = new Map(
        [...middle.carried].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map(() => 0) }]),
      );
      const forgetful = await trainFromStart(toy, { resumeFrom: { ...middle, carried } });
      expect(forgetful.weights).not.toEqual(straight.weights);
    }
  });

  test("reports sections that whoever draws them can rely on", async () => {
    for (const [split, examples] of run.evaluated) {
      const sections = await (await run.model.evaluate(examples)).report(split);
      expect(sections.length).toBeGreaterThan(0);
      for (const section of sections) expectWellFormed(section);
      expect(await (await run.model.evaluate(examples)).report(split)).toEqual(sections);
    }
  });
});

/** Two epochs, or to the interruption; checkpoints without the times that differ from run to run. */
async function trainFromStart(toy: Toy, options: { stopAfter?: number; resumeFrom?: TrainingState } = {}) {
  const run = await beginToy(toy);
  const states: Uint8Array[] = [];
  const write = async (state: TrainingState) =>
    `file ${states.push(encodeCheckpoint({ ...state, elapsedSeconds: 0, stepSeconds: 0 }))}`;
  const { step } = await trainToy(run, { epochs: 2, checkpoints: { write }, ...options });
  const weights = stateDict(run.model);
  await run.session.dispose();
  return { states, weights, stepsPerEpoch: step / 2 };
}

async function selected({ model, evaluated, plan }: ToyRun): Promise<number> {
  return Number((await model.evaluate(evaluated.get("dev")!)).scores[plan.selection.name]);
}

function better(score: number, than: number, { direction }: MetricInfo): boolean {
  return direction === "max" ? score > than : score < than;
}

function without(line: PredictionLine, keys: readonly string[]): PredictionLine {
  return Object.fromEntries(Object.entries(line).filter(([key]) => !keys.includes(key)));
}
