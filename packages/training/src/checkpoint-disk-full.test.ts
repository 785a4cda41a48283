import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { CheckpointFolder } from "./checkpoint.ts";
import { CheckpointError } from "./errors.ts";
import type { TrainingState } from "./training-state.ts";

const disk = vi.hoisted(() => ({ failWith: undefined as string | undefined, failAt: "write" as "write" | "sync" }));

/** The file system, with a disk that fails in the middle of a file when a test says so. */
vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:fs/promises")>();
  const fail = () => {
    throw Object.assign(new Error(`${disk.failWith}: made up`), { code: disk.failWith });
  };
  const open: typeof original.open = async (path, flags) => {
    const handle = await original.open(path, flags);
    if (disk.failWith === undefined || flags !== "wx") return handle;
    if (disk.failAt === "sync") handle.sync = async () => fail();
    else {
      const write = handle.writeFile.bind(handle);
      handle.writeFile = async (data) => {
        await write((data as Uint8Array).subarray(0, 100));
        fail();
      };
    }
    return handle;
  };
  return { ...original, open };
});

const folder = join(tmpdir(), `cellstate-disk-full-${process.pid}`);

beforeEach(async () => {
  disk.failWith = undefined;
  await rm(folder, { recursive: true, force: true });
  return () => rm(folder, { recursive: true, force: true });
});

const state: TrainingState = {
  step: 1,
  epoch: 0,
  tokens: 1,
  epochLossSum: 0,
  epochCount: 0,
  best: null,
  ranked: [],
  elapsedSeconds: 0,
  stepSeconds: 0,
  checkpointEverySteps: 1,
  schedule: { kind: "constant", factor: 1, badEvaluations: 0 },
  optimizer: { kind: "sgd", steps: {}, tensors: new Map() },
  batches: 1,
  weights: new Map([["w", { dtype: "float32", shape: [50], data: new Float32Array(50) }]]),
  bestWeights: undefined,
  carried: new Map(),
};

test.each([
  [
    "ENOSPC",
    "write",
    /step-00000002\.safetensors: the disk is full, it needs \d+ bytes; earlier checkpoints are whole/,
  ],
  ["ENOSPC", "sync", /the disk is full/],
  ["EDQUOT", "write", /the disk is full/],
  ["EIO", "sync", /step-00000002\.safetensors: cannot be written: the disk reports an input\/output error \(EIO\)/],
] as const)(
  "%s at %s is one clear error, leaves no half file and the earlier checkpoint whole",
  async (code, at, message) => {
    const checkpoints = new CheckpointFolder(folder);
    await checkpoints.write(state);
    Object.assign(disk, { failWith: code, failAt: at });
    const failure = checkpoints.write({ ...state, step: 2 });
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual(["step-00000001.safetensors"]);
    expect((await checkpoints.latest())?.state).toEqual(state);
  },
);
