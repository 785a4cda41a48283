/** A run on a disk that fills up: one message, nothing half, and the same bytes once there is space. Needs the right to mount a tmpfs. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";

const folder = lastingFolder();
const disk = mkdtempSync(join(tmpdir(), "cellstate-disk-"));
const canMount = process.platform === "linux" && mount("size=64m", "tmpfs");
const train = ["train", "--config", "tiny.yaml", "--quiet"];

/** Mounts the disk, or gives it another size. */
function mount(options: string, ...source: readonly string[]): boolean {
  const type = source.length > 0 ? ["-t", "tmpfs"] : [];
  return spawnSync("mount", [...type, "-o", options, ...source, disk]).status === 0;
}

const weights = (run: string) => readFileSync(join(run, "model", "model.safetensors"));

beforeAll(async () => {
  tinyConfig(folder);
  if (canMount) expect((await cellstate([...train, "--out", "whole"], { cwd: folder })).code).toBe(0);
}, 60_000);

afterAll(() => {
  if (canMount) spawnSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

test.runIf(canMount).each([4096, 40_960])(
  "a disk of %i bytes ends the run with 1 and one message, and the run goes on when there is more",
  async (size) => {
    const run = join(disk, "run");
    mkdirSync(disk, { recursive: true });
    mount(`remount,size=${size}`);
    const full = await cellstate([...train, "--out", run], { cwd: folder });
    expect(full).toMatchObject({ code: 1, stdout: "" });
    expect(full.stderr).toMatch(/^cellstate: .*the disk is full.*\n$/);
    const left = existsSync(run) ? readdirSync(run, { recursive: true, encoding: "utf8" }) : [];
    expect(left.filter((name) => /\.tmp$|run\.lock$/.test(name))).toEqual([]);
    mount("remount,size=64m");
    const args = existsSync(join(run, "config.lock.json")) ? ["train", "--resume", run] : [...train, "--out", run];
    expect((await cellstate(args, { cwd: folder })).code).toBe(0);
    expect(weights(run)).toEqual(weights(join(folder, "whole")));
    rmSync(run, { recursive: true });
  },
);
