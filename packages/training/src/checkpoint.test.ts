import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CheckpointError, CheckpointFolder, decodeCheckpoint, encodeCheckpoint, readCheckpoint } from "./checkpoint.ts";
import { encodeWithVersion } from "./checkpoint-format.ts";
import type { TrainingState } from "./training-state.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cellstate-checkpoint-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("an option that would be ignored is refused", () => {
  const options: object = { keepAll: true };
  expect(() => new CheckpointFolder(folder, options)).toThrow(
    "CheckpointFolder: expected options to be among keep, run, keepBest, got keepAll",
  );
});

function stateAt(step: number): TrainingState {
  const tensor = (...values: number[]) => ({
    dtype: "float32" as const,
    shape: [values.length],
    data: Float32Array.from(values),
  });
  return {
    step,
    epoch: 1,
    tokens: 120,
    epochLossSum: 0.1 + 0.2,
    epochCount: 7,
    best: { value: 0.75, step: 4, epoch: 1 },
    ranked: [],
    elapsedSeconds: 1.5,
    stepSeconds: 1.25,
    checkpointEverySteps: null,
    schedule: { kind: "plateau", factor: 0.5, badEvaluations: 1 },
    optimizer: { kind: "sgd", steps: { "a/b": step }, tensors: new Map([["velocity/a/b", tensor(1, Number.NaN)]]) },
    batches: { given: step, order: [3, 1, 2], text: 'a "sha256":"quoted"' },
    weights: new Map([["a/b", tensor(step, -0)]]),
    bestWeights: new Map([["a/b", tensor(4, 5)]]),
    carried: new Map(),
  };
}

test("a checkpoint gives back the whole state, to the bit", () => {
  const hidden = { dtype: "float32" as const, shape: [1, 2], data: Float32Array.of(-0, 0.1) };
  const fewer = { best: null, bestWeights: undefined, checkpointEverySteps: 40 };
  const carrying = { carried: new Map([["encoder/hidden", hidden]]) };
  for (const state of [stateAt(9), { ...stateAt(0), ...fewer }, { ...stateAt(1), ...carrying }]) {
    expect(decodeCheckpoint(encodeCheckpoint(state), "file")).toEqual(state);
  }
});

test("the bytes of a state stay from release to release", () => {
  const hash = createHash("sha256")
    .update(encodeCheckpoint(stateAt(9)))
    .digest("hex");
  expect(hash).toBe("b8a5209df447760cb475f9c683b19779be0a7cee7fc3b71f6d8e6cb1637505ba");
});

test("equal states give equal bytes", () => {
  expect(encodeCheckpoint(stateAt(3))).toEqual(encodeCheckpoint(stateAt(3)));
});

test("any changed byte is noticed", () => {
  const bytes = encodeCheckpoint(stateAt(9));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = bytes.slice();
      damaged[at]! ^= change;
      expect(() => decodeCheckpoint(damaged, "file")).toThrow(CheckpointError);
    }),
    { numRuns: 400 },
  );
});

test("a file that is cut anywhere, or has bytes to spare, is noticed", () => {
  const bytes = encodeCheckpoint(stateAt(9));
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeCheckpoint(bytes.subarray(0, length), "file")).toThrow(CheckpointError);
  }
  expect(() => decodeCheckpoint(Uint8Array.from([...bytes, 0]), "file")).toThrow("it is damaged or cut short");
});

test("files are named by step and only the last two stay", async () => {
  const checkpoints = new CheckpointFolder(join(folder, "checkpoints"));
  for (const step of [5, 10, 15]) {
    expect(await checkpoints.write(stateAt(step))).toBe(
      join(folder, "checkpoints", `step-${String(step).padStart(8, "0")}.safetensors`),
    );
  }
  expect(await readdir(join(folder, "checkpoints"))).toEqual([
    "step-00000010.safetensors",
    "step-00000015.safetensors",
  ]);
  expect((await checkpoints.latest())?.state).toEqual(stateAt(15));
});

test("a folder that is empty or missing has no checkpoint", async () => {
  expect(await new CheckpointFolder(folder).latest()).toBeUndefined();
  expect(await new CheckpointFolder(join(folder, "missing")).latest()).toBeUndefined();
});

test("a damaged checkpoint is skipped for the last one that is whole, and goes with the next write", async () => {
  const checkpoints = new CheckpointFolder(folder);
  await checkpoints.write(stateAt(10));
  const damaged = await checkpoints.write(stateAt(20));
  await writeFile(damaged, (await readFile(damaged)).subarray(0, -3));
  const faults: string[] = [];
  const found = (await checkpoints.latest(({ file }) => void faults.push(file)))!;
  expect(found.state.step).toBe(10);
  expect(found.file).toBe(join(folder, "step-00000010.safetensors"));
  expect(faults).toEqual([damaged]);
  await checkpoints.write(stateAt(12));
  expect((await readdir(folder)).sort()).toEqual(["step-00000010.safetensors", "step-00000012.safetensors"]);
});

test("damaged checkpoints are reported even when none is whole", async () => {
  const checkpoints = new CheckpointFolder(folder);
  const files = [await checkpoints.write(stateAt(1)), await checkpoints.write(stateAt(2))];
  for (const file of files) await writeFile(file, "damage");
  const faults: string[] = [];
  expect(await checkpoints.latest(({ file }) => void faults.push(file))).toBeUndefined();
  expect(faults).toEqual(files.reverse());
});

test("a damaged checkpoint that is asked for is named with its fault", async () => {
  const checkpoints = new CheckpointFolder(folder);
  const file = await checkpoints.write(stateAt(20));
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  const failure = readCheckpoint(file);
  await expect(failure).rejects.toThrow(CheckpointError);
  await expect(failure).rejects.toThrow(/^checkpoint .*step-00000020\.safetensors: its SHA-256 is .*, the file says /);
  await expect(failure).rejects.toMatchObject({ file });
  await writeFile(file, "");
  await expect(readCheckpoint(file)).rejects.toThrow("0 bytes without a checksum; it is cut short or not a checkpoint");
  await expect(readCheckpoint(join(folder, "none"))).rejects.toThrow("cannot be read (ENOENT)");
});

test("a newer format is refused by name instead of falling back to an older checkpoint", async () => {
  const checkpoints = new CheckpointFolder(folder);
  await checkpoints.write(stateAt(10));
  await writeFile(join(folder, "step-00000020.safetensors"), encodeWithVersion(stateAt(20), 2));
  await expect(checkpoints.latest()).rejects.toThrow(
    "has formatVersion 2, this version of @cellstate/training reads up to 1",
  );
});

test("what a killed writer left is not read, and is removed by the next write", async () => {
  const checkpoints = new CheckpointFolder(folder);
  await writeFile(join(folder, "step-00000030.safetensors.tmp"), "half"); // the name that earlier versions gave
  await writeFile(join(folder, ".step-00000030.safetensors.0123456789abcdef.tmp"), "half");
  expect(await checkpoints.latest()).toBeUndefined();
  await checkpoints.write(stateAt(25));
  expect(await readdir(folder)).toEqual(["step-00000025.safetensors"]);
});

test("files that are no checkpoints are left alone", async () => {
  await writeFile(join(folder, "notes.txt"), "mine");
  await new CheckpointFolder(folder, { keep: 1 }).write(stateAt(1));
  await new CheckpointFolder(folder, { keep: 1 }).write(stateAt(2));
  expect((await readdir(folder)).sort()).toEqual(["notes.txt", "step-00000002.safetensors"]);
});

test("a checkpoint of another run is refused, not skipped", async () => {
  const mine = new CheckpointFolder(folder, { run: "mine" });
  await new CheckpointFolder(folder, { run: "mine" }).write(stateAt(5));
  expect((await mine.latest())?.state).toEqual(stateAt(5));
  await new CheckpointFolder(folder, { run: "another" }).write(stateAt(6));
  const skipped: unknown[] = [];
  await expect(mine.latest((fault) => skipped.push(fault))).rejects.toThrow(
    /step-00000006\.safetensors: was written by a run with another config/,
  );
  expect(skipped).toEqual([]);
  expect((await new CheckpointFolder(folder).latest())?.state).toEqual(stateAt(6));
});

test.each<[string, Record<string, unknown>]>([
  ["a whole number from 0 as step", { step: -1 }],
  ["a whole number from 0 as epoch", { epoch: 0.5 }],
  ["a number from 0 as elapsedSeconds", { elapsedSeconds: null }],
  ["a whole number from 1 or null as checkpointEverySteps", { checkpointEverySteps: 0 }],
  ["value, step and epoch in best", { best: { value: 1, step: -4, epoch: 1 } }],
  ["kind, factor and badEvaluations in schedule", { schedule: { kind: "plateau", factor: "1", best: null } }],
])("a state that is none is refused although its checksum is right: expected %s", (expected, change) => {
  const bytes = encodeCheckpoint({ ...stateAt(9), ...change } as TrainingState);
  expect(() => decodeCheckpoint(bytes, "file")).toThrow(
    `checkpoint file: its state is incomplete: expected ${expected}`,
  );
});

test("optimizer steps that are none are refused", () => {
  const { optimizer } = stateAt(9);
  const odd = encodeCheckpoint({ ...stateAt(9), optimizer: { ...optimizer, steps: { "a/b": -1 } } });
  expect(() => decodeCheckpoint(odd, "file")).toThrow("expected a whole number from 0 as optimizer.steps.a/b");
});

describe("what stays", () => {
  const bestAt = (step: number) => ({ value: 0.9, step, epoch: 1 });
  const files = async () => (await readdir(folder)).sort();

  test("while a run goes on, the best checkpoint stays beside the last two where that is asked for", async () => {
    const checkpoints = new CheckpointFolder(folder, { keepBest: true });
    for (const step of [10, 20, 30, 40]) await checkpoints.write({ ...stateAt(step), best: bestAt(10) });
    expect(await files()).toEqual([10, 30, 40].map((step) => `step-000000${step}.safetensors`));
    await checkpoints.write({ ...stateAt(50), best: bestAt(50) });
    expect(await files()).toEqual([40, 50].map((step) => `step-000000${step}.safetensors`));
  });

  test.each([
    ["none", []],
    ["last", ["step-00000040.safetensors"]],
    ["best", ["step-00000010.safetensors"]],
  ] as const)("when it is finished, %s leaves %j, also the second time", async (kept, left) => {
    const checkpoints = new CheckpointFolder(folder, { keepBest: true });
    for (const step of [10, 20, 30, 40]) await checkpoints.write({ ...stateAt(step), best: bestAt(10) });
    await writeFile(join(folder, ".step-00000030.safetensors.0123456789abcdef.tmp"), "half");
    for (let time = 0; time < 2; time++) {
      await checkpoints.prune(kept);
      expect(existsSync(folder) ? await files() : []).toEqual(left);
    }
    expect(existsSync(folder)).toBe(left.length > 0);
  });

  test("without a finite score, or without its checkpoint, the last one stands for the best", async () => {
    const checkpoints = new CheckpointFolder(folder);
    for (const step of [10, 20, 30]) await checkpoints.write({ ...stateAt(step), best: null });
    await checkpoints.prune("best");
    expect(await files()).toEqual(["step-00000030.safetensors"]);
    await checkpoints.write({ ...stateAt(40), best: bestAt(7) });
    await checkpoints.prune("best");
    expect(await files()).toEqual(["step-00000040.safetensors"]);
  });

  test("files that are no checkpoints stay, and with them their folder", async () => {
    await new CheckpointFolder(folder).write(stateAt(1));
    await writeFile(join(folder, "notes.txt"), "mine");
    await new CheckpointFolder(folder).prune("none");
    expect(await files()).toEqual(["notes.txt"]);
  });
});
