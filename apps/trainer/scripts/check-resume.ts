/**
 * Shows that nothing is lost: runs of three kinds are killed at random moments and resumed, runs meet a full disk at one write
 * after the other, and two processes want the same run. In the end the bytes are those of a run that nothing happened to.
 *
 *   pnpm check:resume [--kills 100] [--sizes 24] [--only kills|disk|writers]
 *
 * With 100 kills it takes about a quarter of an hour on two idle cores. A full disk is a small tmpfs, which needs the right to mount.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const bin = fileURLToPath(new URL("../bin/cellstate.mjs", import.meta.url));

/** Small runs of each kind, with checkpoints so close that every part of the loop is hit. */
const experiments: Readonly<Record<string, readonly string[]>> = {
  sentiment: [
    ...["--config", "sentiment", "--set", "data.maxExamples=800", "--set", "training.epochs=6"],
    ...["--set", "training.checkpointEverySteps=7", "--set", "model.embedding.size=32"],
    ...["--set", "model.encoder.hiddenSize=32"],
  ],
  classification: [
    ...["--config", "classification", "--set", "data.maxExamples=800", "--set", "training.epochs=4"],
    ...["--set", "training.checkpointEverySteps=5", "--set", "model.embedding.size=32"],
    ...["--set", "model.encoder.hiddenSize=32"],
  ],
  translation: [
    ...["--config", "dates", "--set", "data.maxExamples=600", "--set", "training.epochs=2"],
    ...["--set", "training.checkpointEverySteps=3", "--set", "training.batchSize=32"],
    ...["--set", "model.encoder.hiddenSize=16", "--set", "model.decoder.hiddenSize=16"],
  ],
};
/** The one that meets full disks and second writers. */
const smallest = [...experiments.sentiment!, "--set", "training.epochs=2"];

interface Ending {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stderr: string;
}

/** Runs cellstate, killed after `killAfterMs` unless it ends before. */
function cellstate(args: readonly string[], killAfterMs?: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args, "--quiet"], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (part) => {
      stderr += part;
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, killed: signal === "SIGKILL", stderr });
    });
  });
}

/** Begins a run, or goes on with it if it has begun. */
function trainOrResume(run: string, train: readonly string[], killAfterMs?: number): Promise<Ending> {
  const begun = existsSync(join(run, "config.lock.json"));
  return cellstate(begun ? ["train", "--resume", run] : ["train", ...train, "--out", run], killAfterMs);
}

function require(condition: boolean, fault: string): void {
  if (!condition) throw new Error(fault);
}

function requireDone(run: string, { code, stderr }: Ending): void {
  require(code === 0, `${run}: ended with ${code}:\n${stderr}`);
}

/** The hash of all that the same config and data must give to the byte. */
function bytesOf(run: string): string {
  const hash = createHash("sha256").update(readFileSync(join(run, "model", "model.safetensors")));
  const predictions = join(run, "predictions");
  for (const name of readdirSync(predictions).sort()) hash.update(name).update(readFileSync(join(predictions, name)));
  return hash.digest("hex");
}

function requireSame(run: string, expected: string): void {
  const found = bytesOf(run);
  require(found === expected, `${run}: its model and predictions are ${found}, not ${expected}`);
  const left = readdirSync(run, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tmp$|run\.lock|shards/.test(name),
  );
  require(left.length === 0, `${run}: left behind: ${left.join(", ")}`);
}

const rows: string[][] = [["check", "on", "what happened", "result"]];

async function checkKills(name: string, train: readonly string[], kills: number, folder: string): Promise<void> {
  const whole = join(folder, `${name}-whole`);
  const started = performance.now();
  requireDone(whole, await cellstate(["train", ...train, "--out", whole]));
  const wholeMs = performance.now() - started;
  const expected = bytesOf(whole);
  let killed = 0;
  let runs = 0;
  for (; killed < kills; runs++) {
    const run = join(folder, `${name}-${runs}`);
    for (;;) {
      // Once there are kills enough, the run may end in peace.
      const ending = await trainOrResume(run, train, killed < kills ? randomInt(50, Math.ceil(wholeMs)) : undefined);
      if (!ending.killed) {
        requireDone(run, ending);
        break;
      }
      killed += 1;
    }
    requireSame(run, expected);
    console.error(`${name}: ${killed} of ${kills} kills, run ${runs + 1} has the same bytes`);
    rmSync(run, { recursive: true });
  }
  rows.push(["kills", name, `${killed} kills in ${runs} runs`, `same bytes, ${expected.slice(0, 12)}`]);
}

/** Runs on disks of more and more bytes: each stops at another write. Then the disk grows, and the run goes on. */
async function checkFullDisk(sizes: number, folder: string): Promise<void> {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], { encoding: "utf8" });
  if (mounted.status !== 0) {
    rows.push([
      "full disk",
      "classification",
      "skipped: cannot mount a tmpfs here",
      mounted.stderr?.trim() || "no mount",
    ]);
    return;
  }
  try {
    const whole = join(disk, "whole");
    requireDone(
      whole,
      await cellstate(["train", ...smallest, "--set", "training.keepCheckpoints=last", "--out", whole]),
    );
    const expected = bytesOf(whole);
    const bytes = sizeOf(whole);
    rmSync(whole, { recursive: true });
    let full = 0;
    for (let index = 0; index < sizes; index++) {
      full += await meetFullDisk(disk, Math.ceil((bytes * (index + 1)) / sizes / 4096) * 4096, expected);
      console.error(`full disk: ${index + 1} of ${sizes} sizes, ${full} were too small`);
    }
    rows.push([
      "full disk",
      "classification",
      `${sizes} sizes to ${bytes} bytes, ${full} full`,
      "one message, then same bytes",
    ]);
  } finally {
    spawnSync("umount", [disk]);
  }
}

/** 1 if the disk was full. */
async function meetFullDisk(disk: string, size: number, expected: string): Promise<number> {
  const resize = (to: string) => {
    const { status, stderr } = spawnSync("mount", ["-o", `remount,size=${to}`, disk], { encoding: "utf8" });
    require(status === 0, `remount of ${to}: ${stderr}`);
  };
  resize(String(size));
  const run = join(disk, "run");
  const first = await trainOrResume(run, smallest);
  if (first.code !== 0) {
    const told = first.stderr.trimEnd().split("\n");
    require(first.code === 1 && told.length === 1, `${size} bytes: ended with ${first.code}:\n${first.stderr}`);
    require(/the disk is full/.test(told[0]!), `${size} bytes: the message is ${told[0]}`);
    const left = existsSync(run) ? readdirSync(run, { recursive: true, encoding: "utf8" }) : [];
    require(!left.some((name) => name.endsWith(".tmp")), `${size} bytes: left behind: ${left.join(", ")}`);
    resize("64m");
    requireDone(run, await trainOrResume(run, smallest));
  }
  requireSame(run, expected);
  rmSync(run, { recursive: true });
  return first.code === 0 ? 0 : 1;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, { size }) => sum + Math.ceil(size / 4096) * 4096, 0);
}

/** Two that begin one run, and two that go on with one. */
async function checkTwoWriters(folder: string): Promise<void> {
  const whole = join(folder, "alone");
  const started = performance.now();
  requireDone(whole, await cellstate(["train", ...smallest, "--out", whole]));
  const wholeMs = performance.now() - started;
  const expected = bytesOf(whole);

  const begun = join(folder, "begun-twice");
  const both = await Promise.all([1, 2].map(() => cellstate(["train", ...smallest, "--out", begun])));
  requireOneWriter(begun, both, expected);
  rows.push(["two writers", "train --out", "two at once", "one 0, one 2 with one message, same bytes"]);

  const resumed = join(folder, "resumed-twice");
  for (let ms = wholeMs / 2; !existsSync(join(resumed, "checkpoints")); ms *= 1.2)
    await trainOrResume(resumed, smallest, ms);
  const pair = await Promise.all([1, 2].map(() => cellstate(["train", "--resume", resumed])));
  requireOneWriter(resumed, pair, expected);
  rows.push(["two writers", "train --resume", "two at once", "one trains, the other says why not, same bytes"]);
}

/** The second may also come when the first is done, and then finds a finished run. */
function requireOneWriter(run: string, endings: readonly Ending[], expected: string): void {
  const [first, second] = endings.toSorted((a, b) => a.code! - b.code!);
  requireDone(run, first!);
  require(second!.code === 2 ||
    second!.code === 0, `${run}: the second ended with ${second!.code}:\n${second!.stderr}`);
  const messages = second!.stderr.trimEnd().split("\n");
  require(messages.length === 1, `${run}: the second said:\n${second!.stderr}`);
  requireSame(run, expected);
}

function printTable(): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
}

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    sizes: { type: "string", default: "24" },
    only: { type: "string" },
  },
});
const wants = (part: string) => values.only === undefined || values.only === part;
const folder = mkdtempSync(join(tmpdir(), "cellstate-resume-"));
try {
  const names = Object.keys(experiments);
  for (const [index, name] of names.entries()) {
    const share = Math.floor((Number(values.kills) + index) / names.length);
    if (wants("kills")) await checkKills(name, experiments[name]!, share, folder);
  }
  if (wants("disk")) await checkFullDisk(Number(values.sizes), folder);
  if (wants("writers")) await checkTwoWriters(folder);
  printTable();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
