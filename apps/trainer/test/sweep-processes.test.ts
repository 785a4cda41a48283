import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { sweepInProcess } from "./sweep-in-process.ts";

const folder = lastingFolder();
const bytes = (...path: string[]) => readFileSync(join(folder, ...path));

/** Three points, one of which fails and one of which goes on to its second epoch. */
const halving = `sweep:
  method: successive-halving
  sampler: grid
  reduction: 3
  parameters: { optimizer.learningRate: [0.02, 0.001, 1.0e+30] }
`;

beforeAll(() => {
  tinyConfig(folder, halving);
});

/** The process that trains a run, as soon as there is one. */
async function workerOf(run: string): Promise<number> {
  const lock = join(folder, run, "run.lock");
  for (;;) {
    if (existsSync(lock)) return JSON.parse(readFileSync(lock, "utf8")).pid as number;
    await sleep(5);
  }
}

test("a sweep whose worker and itself are killed goes on to the bytes of one that was left alone", async () => {
  const args = ["sweep", "--config", "tiny.yaml", "--out", "killed"];
  const killed = cellstate([...args, "--workers", "2"], {
    cwd: folder,
    onStderr: (child, text) => {
      if (text.includes("trial   1 points")) child.kill("SIGKILL");
    },
  });
  process.kill(await workerOf("killed/runs/001"), "SIGKILL");
  expect((await killed).signal).toBe("SIGKILL");
  expect(existsSync(join(folder, "killed", "sweep.json"))).toBe(false);
  const { code, stdout } = await cellstate(["sweep", "--resume", "killed", "--quiet"], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^point +optimizer\.learningRate +dev accuracy +epochs\n1 +0\.02 +\d\.\d{4} +3 +finished\n/);
  expect(stdout).toContain("next    cellstate train --config killed/best.yaml");
  await sweepInProcess({ config: join(folder, "tiny.yaml"), out: join(folder, "alone") });
  for (const name of ["sweep.json", "best.yaml", "sweep.html"]) {
    expect(bytes("killed", name)).toEqual(bytes("alone", name));
  }
}, 120_000);

test("Ctrl-C has workers write checkpoints and says how to go on; another sweep in the folder is refused", async () => {
  const long = ["--set", "training.epochs=100000", "--set", "sweep.minEpochs=50000"];
  let second: Promise<{ code: number | null; stderr: string }> | undefined;
  const { code, stderr } = await cellstate(
    ["sweep", "--workers", "1", "--config", "tiny.yaml", ...long, "--out", "long"],
    {
      cwd: folder,
      onStderr: (child) => {
        second ??= workerOf("long/runs/001").then(async () => {
          const outcome = await cellstate(["sweep", "--resume", "long"], { cwd: folder });
          child.kill("SIGINT");
          return outcome;
        });
      },
    },
  );
  expect(code).toBe(130);
  expect(stderr).toContain("interrupted; go on with: cellstate sweep --resume long\n");
  expect(readdirSync(join(folder, "long", "runs", "001", "checkpoints")).length).toBeGreaterThan(0);
  expect((await second)!.code).toBe(2);
  expect((await second)!.stderr).toContain("is in use by process");
}, 120_000);
