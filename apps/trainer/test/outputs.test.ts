/** Where output goes, and who may write: devices, pipes, links, closed readers, run folders that cannot be, two processes, signals. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, type Outcome, runShell, spawnCellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";

const folder = lastingFolder();
const train = ["train", "--config", "tiny.yaml", "--quiet"];
/** Long enough to be met while it runs. */
const long = [...train, "--set", "training.epochs=200"];

beforeAll(async () => {
  tinyConfig(folder);
  expect((await cellstate([...train, "--out", "run"], { cwd: folder })).code).toBe(0);
});

/** Runs a line of a shell in which `cellstate` is the command. */
function shell(line: string): Promise<Outcome> {
  return runShell(line, { cwd: folder });
}

describe.runIf(existsSync("/dev/full"))("standard output", () => {
  test.each([
    ["predict run good", /^cellstate: cannot write standard output: the disk is full; .* \(ENOSPC\)\n$/],
    ["predict run --json good", /^cellstate: cannot write standard output: the disk is full/],
    ["evaluate run", /^cellstate: cannot write standard output: the disk is full/],
    ["tokenizer inspect run good", /^cellstate: cannot write standard output: the disk is full/],
    ["train --help", /^cellstate: cannot write standard output: the disk is full/],
  ])("`%s > /dev/full` is one message and 1", async (command, message) => {
    const { code, stderr } = await shell(`cellstate ${command} > /dev/full`);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a reader that leaves early ends the command quietly", async () => {
    const lines = "good\n".repeat(3000);
    writeFileSync(join(folder, "many.txt"), lines);
    const { code, stdout, stderr } = await shell(
      "{ cellstate predict run --input many.txt; echo ended with $? >&2; } | head -1",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "ended with 0\n" });
    expect(JSON.parse(stdout)).toMatchObject({ index: 0, text: "good" });
  });

  test("training goes on without the reader of its progress", async () => {
    const { code } = await shell("{ cellstate train --config tiny.yaml --out headless 2>&1; } | head -1 > /dev/null");
    expect(code).toBe(0);
    expect(existsSync(join(folder, "headless", "result.json"))).toBe(true);
  });
});

describe.runIf(process.platform !== "win32")("--output", () => {
  test("follows a link and leaves it a link", async () => {
    writeFileSync(join(folder, "target.jsonl"), "old");
    symlinkSync("target.jsonl", join(folder, "link.jsonl"));
    const { code } = await cellstate(["predict", "run", "good", "--output", "link.jsonl"], { cwd: folder });
    expect(code).toBe(0);
    expect(readlinkSync(join(folder, "link.jsonl"))).toBe("target.jsonl");
    expect(JSON.parse(readFileSync(join(folder, "target.jsonl"), "utf8"))).toMatchObject({ index: 0, text: "good" });
  });

  test("/dev/stdout is standard output, and a full device is one message", async () => {
    const out = await cellstate(["predict", "run", "good", "--output", "/dev/stdout"], { cwd: folder });
    expect(JSON.parse(out.stdout)).toMatchObject({ index: 0, text: "good" });
    const full = await cellstate(["tokenizer", "train", "reviews.tsv", "--quiet", "--output", "/dev/full"], {
      cwd: folder,
    });
    expect(full).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^cellstate: cannot write \/dev\/full: .*\n$/),
    });
  });

  test.each([
    ["reviews.tsv/x", /--output reviews\.tsv\/x: a part of the path is a file/],
    ["x".repeat(300), /the name is too long/],
  ])("that can never be written is refused at once", async (output, message) => {
    const { code, stderr } = await cellstate(["predict", "run", "good", "--output", output], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("--out", () => {
  test.runIf(process.platform !== "win32").each([
    [
      "below a file",
      "reviews.tsv/x",
      /--out .*: cannot be made: a part of the path is a file where a folder is needed/,
    ],
    ["of 300 letters", "x".repeat(300), /cannot be made: the name is too long; choose a shorter one/],
    ["that is a link to nothing", "dangling", /dangling is a symbolic link to nothing; make what it points to/],
    ["below a link to nothing", "dangling/x", /dangling is a symbolic link to nothing; make what it points to/],
  ])("%s is wrong usage with one message", async (_, out, message) => {
    if (!readdirSync(folder).includes("dangling")) symlinkSync("nothing", join(folder, "dangling"));
    const { code, stderr } = await cellstate([...train, "--out", out], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("of two at once one gets the folder, and the other one message", async () => {
    const both = await Promise.all([1, 2].map(() => cellstate([...train, "--out", "both"], { cwd: folder })));
    const [winner, loser] = both.toSorted((a, b) => a.code! - b.code!);
    expect(winner!.code).toBe(0);
    expect(loser).toMatchObject({ code: 2, stdout: "" });
    expect(loser!.stderr).toMatch(/^cellstate: .*both.*(is in use by process|exists and is not empty).*\n$/);
    const weights = (run: string) => readFileSync(join(folder, run, "model", "model.safetensors"));
    expect(weights("both")).toEqual(weights("run"));
  });

  test("what a run left that was killed before it had begun is no obstacle", async () => {
    const early = join(folder, "early");
    mkdirSync(early);
    writeFileSync(join(early, "config.yaml"), "name: half\n");
    writeFileSync(join(early, "run.lock"), "{");
    expect((await cellstate([...train, "--out", "early"], { cwd: folder })).code).toBe(0);
  });
});

describe.runIf(process.platform !== "win32")("a signal", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s before anything is loaded is told, with 130",
    async (signal) => {
      const child = spawnCellstate([...long, "--out", `stopped-${signal}`], { cwd: folder });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (part: string) => {
        stderr += part;
      });
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      await listening(child.pid!);
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(stderr).toMatch(/^cellstate: interrupted.*\n$/);
      expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    },
  );

  test("while predictions are written leaves no half file", async () => {
    const args = ["predict", "run", "--output", "half.jsonl"];
    const child = spawnCellstate(args, { cwd: folder });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    child.stdin.write("good\n".repeat(100));
    await until(() => readdirSync(folder).some((name) => name.startsWith(".half.jsonl.")));
    child.kill("SIGTERM");
    expect(await ended).toBe(130);
    expect(readdirSync(folder).filter((name) => name.includes("half.jsonl"))).toEqual([]);
  });
});

/**
 * Waits until the program listens to SIGHUP, the last of the three, as the system tells; where it does not tell, for a moment.
 * Node itself catches the other two from its first moment.
 */
async function listening(pid: number): Promise<void> {
  if (!existsSync("/proc/self/status")) return void (await new Promise((resolve) => setTimeout(resolve, 300)));
  await until(() => {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("cellstate.mjs")) return false;
    const caught = /SigCgt:\s*([0-9a-f]+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${caught}`) & 1n) !== 0n;
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
