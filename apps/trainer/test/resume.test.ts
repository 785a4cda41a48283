import type { ChildProcess } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, tinyConfig, tinyReviews } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const config = ["train", "--config", "tiny.yaml"];
// Long enough for a signal to arrive in the middle.
const long = [...config, "--set", "training.epochs=60", "--set", "training.checkpointEverySteps=3"];
const weights = (run: string) => readFileSync(join(folder, run, "model", "model.safetensors"));

/** Signals the process once when its epoch `epoch` is over. */
function signalAfterEpoch(epoch: number, signal: NodeJS.Signals) {
  let sent = false;
  return (child: ChildProcess, stderr: string) => {
    if (sent || !stderr.includes(`\nepoch ${epoch}/`)) return;
    sent = true;
    child.kill(signal);
  };
}

beforeAll(async () => {
  tinyConfig(folder);
  expect((await inProcess([...long, "--out", "whole", "--quiet"], folder)).code).toBe(0);
});

describe("a run that was killed", () => {
  test("goes on to the very same weights, and its log has no step twice", async () => {
    const killed = await cellstate([...long, "--out", "killed"], {
      cwd: folder,
      onStderr: signalAfterEpoch(20, "SIGKILL"),
    });
    expect(killed.signal).toBe("SIGKILL");
    expect(existsSync(join(folder, "killed", "result.json"))).toBe(false);
    appendFileSync(join(folder, "killed", "metrics.jsonl"), '{"kind":"st');
    writeFileSync(join(folder, "killed", ".result.json.1.tmp"), "half");

    const resumed = await inProcess(["train", "--resume", "killed", "--json"], folder);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/\nresume {2}from step \d+\n/);
    expect(weights("killed")).toEqual(weights("whole"));
    const whole = JSON.parse(readFileSync(join(folder, "whole", "result.json"), "utf8"));
    const { metrics, baselines, steps, weightsSha256 } = JSON.parse(resumed.stdout);
    expect({ metrics, baselines, steps, weightsSha256 }).toEqual({
      metrics: whole.metrics,
      baselines: whole.baselines,
      steps: whole.steps,
      weightsSha256: whole.weightsSha256,
    });
    const log = readFileSync(join(folder, "killed", "metrics.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const stepsLogged = log.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "step");
    expect(stepsLogged.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
    expect(readdirSync(join(folder, "killed")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("goes on from an earlier checkpoint if the last one is damaged, and says so", async () => {
    await cellstate([...long, "--out", "damaged"], { cwd: folder, onStderr: signalAfterEpoch(10, "SIGKILL") });
    const checkpoints = join(folder, "damaged", "checkpoints");
    const last = readdirSync(checkpoints)
      .filter((name) => name.endsWith(".safetensors"))
      .sort()
      .at(-1)!;
    truncateSync(join(checkpoints, last), 200);
    const resumed = await inProcess(["train", "--resume", "damaged"], folder);
    expect(resumed.stderr).toContain("warning: skipped a damaged checkpoint: ");
    expect(resumed.stderr).toContain(last);
    expect(weights("damaged")).toEqual(weights("whole"));
  });

  test("begins anew if there is no checkpoint at all", async () => {
    await cellstate([...long, "--out", "early"], { cwd: folder, onStderr: signalAfterEpoch(2, "SIGKILL") });
    rmSync(join(folder, "early", "checkpoints"), { recursive: true, force: true });
    const resumed = await inProcess(["train", "--resume", "early"], folder);
    expect(resumed.stderr).toContain("\nresume  from the beginning: there is no whole checkpoint\n");
    expect(weights("early")).toEqual(weights("whole"));
  });

  test("does not go on with other data", async () => {
    await cellstate([...long, "--out", "changed"], { cwd: folder, onStderr: signalAfterEpoch(2, "SIGKILL") });
    appendFileSync(join(folder, "reviews.tsv"), "positive\tone more\n");
    const resumed = await inProcess(["train", "--resume", "changed"], folder);
    tinyReviews(folder);
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).toMatch(/the data changed since the run began \(.*reviews\.tsv\), so it cannot go on/);
  });

  test("is refused while another process has it", async () => {
    const refused: Promise<unknown>[] = [];
    await cellstate([...config, "--set", "training.epochs=10000", "--out", "busy"], {
      cwd: folder,
      onStderr(child, stderr) {
        if (refused.length > 0 || !stderr.includes("\nepoch 1/")) return;
        const second = inProcess(["train", "--resume", "busy"], folder);
        refused.push(second.finally(() => child.kill("SIGKILL")));
      },
    });
    const [second] = await Promise.all(refused);
    expect(second).toMatchObject({ code: 2, stderr: expect.stringMatching(/is in use by process \d+ on /) });
  });
});

describe("a finished run", () => {
  const short = [...config, "--quiet", "--set", "training.epochs=3"];
  const checkpointsOf = (run: string) => {
    const path = join(folder, run, "checkpoints");
    return existsSync(path) ? readdirSync(path) : undefined;
  };

  test("keeps no checkpoint, and says on --resume that it is finished", async () => {
    expect(checkpointsOf("whole")).toBeUndefined();
    const again = await inProcess(["train", "--resume", "whole", "--json"], folder);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/^run .*whole is finished already\n$/) });
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(readFileSync(join(folder, "whole", "result.json"), "utf8")));
  });

  test.each(["last", "best"])("keeps one with keepCheckpoints: %s", async (kept) => {
    const { code } = await inProcess([...short, "--set", `training.keepCheckpoints=${kept}`, "--out", kept], folder);
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(join(folder, kept, "result.json"), "utf8"));
    const evaluations = readFileSync(join(folder, kept, "metrics.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const best = evaluations.filter(({ kind, improved }) => kind === "evaluate" && improved).at(-1).step;
    const step = kept === "last" ? result.steps : best;
    expect(checkpointsOf(kept)).toEqual([`step-${String(step).padStart(8, "0")}.safetensors`]);
  });

  test("that was killed before it had cleaned up is cleaned by --resume, which trains nothing", async () => {
    cpSync(join(folder, "whole"), join(folder, "unclean"), { recursive: true });
    for (const name of ["checkpoints", "shards"]) mkdirSync(join(folder, "unclean", name));
    writeFileSync(join(folder, "unclean", "checkpoints", "step-00000003.safetensors"), "half");
    writeFileSync(join(folder, "unclean", ".report.html.0123456789abcdef.tmp"), "half");
    const again = await inProcess(["train", "--resume", "unclean"], folder);
    expect(again.code).toBe(0);
    expect(readdirSync(join(folder, "unclean")).sort()).toEqual(readdirSync(join(folder, "whole")).sort());
    expect(weights("unclean")).toEqual(weights("whole"));
  });
});

describe("Ctrl-C", () => {
  test("finishes the step, writes a checkpoint, says how to go on, and ends with 130", async () => {
    const stopped = await cellstate([...long, "--out", "stopped"], {
      cwd: folder,
      onStderr: signalAfterEpoch(5, "SIGINT"),
    });
    expect(stopped).toMatchObject({ code: 130, stdout: "" });
    expect(stopped.stderr).toMatch(/stopping after this step; press Ctrl-C again to stop at once\n/);
    expect(stopped.stderr).toMatch(/\ncellstate: interrupted; go on with: cellstate train --resume stopped\n$/);
    const log = readFileSync(join(folder, "stopped", "metrics.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const { step } = JSON.parse(log.at(-1)!);
    const name = `step-${String(step).padStart(8, "0")}.safetensors`;
    expect(readdirSync(join(folder, "stopped", "checkpoints"))).toContain(name);
    expect((await inProcess(["train", "--resume", "stopped", "--quiet"], folder)).code).toBe(0);
    expect(weights("stopped")).toEqual(weights("whole"));
  });
});

describe("a run folder that is wrong", () => {
  test("is refused with what is wrong", async () => {
    cpSync(join(folder, "whole"), join(folder, "newer"), { recursive: true });
    rmSync(join(folder, "newer", "result.json"));
    const lock = join(folder, "newer", "config.lock.json");
    writeFileSync(lock, readFileSync(lock, "utf8").replace('"formatVersion": 1', '"formatVersion": 2'));
    const newer = await inProcess(["train", "--resume", "newer"], folder);
    expect(newer).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/config\.lock\.json: formatVersion 2 is newer than 1/),
    });
    writeFileSync(lock, "{");
    const broken = await inProcess(["train", "--resume", "newer"], folder);
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining("config.lock.json: is not whole JSON") });
    const none = await inProcess(["train", "--resume", "nowhere"], folder);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("run nowhere: no such folder") });
    const model = await inProcess(["train", "--resume", "whole/model"], folder);
    expect(model).toMatchObject({ code: 2, stderr: expect.stringContaining("only a run folder can be resumed") });
  });
});
