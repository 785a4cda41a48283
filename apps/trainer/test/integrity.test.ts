/** Damage of every kind to every file of a run, and what each command says of it. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runCli } from "../src/cli.ts";
import { endingOf } from "../src/exit.ts";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = join(folder, "damaged");
const MODEL_FILES = [
  "README.md",
  "baselines.json",
  "config.json",
  "labels.json",
  "manifest.json",
  "model.safetensors",
  "tokenizer.json",
];
const RUN_FILES = [
  "config.lock.json",
  "data-lines.json",
  "manifest.json",
  "metrics.jsonl",
  "predictions/test.jsonl",
  "report.html",
  "result.json",
];

const damages: [string, (path: string) => void][] = [
  [
    "has a flipped bit",
    (path) => {
      const bytes = readFileSync(path);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = bytes[at]! ^ 1;
      writeFileSync(path, bytes);
    },
  ],
  ["is cut short", (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2))],
  ["is empty", (path) => truncateSync(path)],
  ["has bytes to spare", (path) => appendFileSync(path, " ")],
  ["is missing", (path) => rmSync(path)],
];
const harm = (path: string, how: string) => damages.find(([name]) => name === how)![1](path);

/** How a command ends, and what it printed. */
async function ending(...args: readonly string[]): Promise<{ code: number; message: string; stdout: string }> {
  let stdout = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  try {
    return { code: await runCli(args), message: "", stdout };
  } catch (error) {
    const { exitCode: code, message } = endingOf(error);
    return { code, message, stdout };
  } finally {
    write.mockRestore();
  }
}

beforeAll(async () => {
  tinyConfig(folder);
  const { code, stderr } = await inProcess(["train", "--config", "tiny.yaml", "--out", "whole", "--quiet"], folder);
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

beforeEach(() => {
  rmSync(run, { recursive: true, force: true });
  cpSync(join(folder, "whole"), run, { recursive: true });
});

test("the list of files is complete, and a whole run is called whole", async () => {
  expect(readdirSync(join(run, "model")).sort()).toEqual(MODEL_FILES);
  const { code, stdout } = await ending("verify", run, "--json");
  const document = JSON.parse(stdout);
  expect({ code, whole: document.whole, damaged: document.damaged }).toEqual({ code: 0, whole: true, damaged: [] });
  expect(document.files).toEqual(
    expect.arrayContaining([...RUN_FILES, "config.yaml", ...MODEL_FILES.map((file) => `model/${file}`)]),
  );
  expect((await ending("verify", join(run, "model"))).stdout).toMatch(
    new RegExp(`^model: .*\nwhole {4}.*\nall ${MODEL_FILES.length} files are whole\n$`, "s"),
  );
});

test("runs lists a damaged run as such, and says why on standard error", async () => {
  cpSync(run, join(folder, "runs", "tiny-1"), { recursive: true });
  writeFileSync(join(folder, "runs", "tiny-1", "result.json"), '{"formatVersion":1}');
  const { code, stdout, stderr } = await inProcess(["runs"], folder);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/\ntiny-1 +damaged +- +- +-\n$/) });
  expect(stderr).toMatch(
    /^warning: .*result\.json: name: is missing; must be text .*; see: cellstate verify runs\/tiny-1\n$/,
  );
});

describe.each(MODEL_FILES)("model/%s", (file) => {
  test.each(damages.map(([how]) => how))("%s: every command names it", async (how) => {
    harm(join(run, "model", file), how);
    const named = new RegExp(`damaged/model/${file.replaceAll(".", "\\.")}: [^\n]+$`);
    for (const args of [
      ["predict", run, "good"],
      ["predict", join(run, "model"), "good"],
      ["evaluate", run],
      ["evaluate", join(run, "model"), "--data", join(folder, "reviews.tsv")],
      ["train", "--resume", run, "--quiet"],
    ]) {
      const { code, message, stdout } = await ending(...args);
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: "" });
      expect(message).toMatch(named);
    }
    for (const [what, name] of [
      [run, `model/${file}`],
      [join(run, "model"), file],
    ] as const) {
      const { code, stdout } = await ending("verify", what, "--json");
      expect(code).toBe(1);
      const { whole, damaged } = JSON.parse(stdout);
      expect({ whole, damaged }).toEqual({
        whole: false,
        damaged: [{ file: name, fault: expect.any(String), rebuild: expect.any(String) }],
      });
    }
  });
});

test("a file that is not part of a model is named, a hidden one does not count", async () => {
  writeFileSync(join(run, "model", ".DS_Store"), "");
  expect((await ending("verify", run)).code).toBe(0);
  writeFileSync(join(run, "model", "extra.json"), "{}");
  const { code, message } = await ending("predict", run, "good");
  expect({ code, message }).toEqual({
    code: 1,
    message: `${join(run, "model", "extra.json")}: is not listed in manifest.json; remove it`,
  });
  const { damaged } = JSON.parse((await ending("verify", run, "--json")).stdout);
  expect(damaged).toMatchObject([{ file: "model/extra.json", rebuild: "remove it" }]);
});

test("another run's model folder, whole in itself, is not taken for the run's own", async () => {
  const other = join(folder, "other-seed");
  const args = ["train", "--config", "tiny.yaml", "--seed", "99", "--out", "other-seed", "--quiet"];
  expect((await inProcess(args, folder)).code).toBe(0);
  rmSync(join(run, "model"), { recursive: true });
  cpSync(join(other, "model"), join(run, "model"), { recursive: true });
  for (const command of ["predict", "evaluate"]) {
    const { code, message } = await ending(command, run, ...(command === "predict" ? ["good"] : []));
    expect(code).toBe(1);
    expect(message).toBe(
      `${join(run, "model", "manifest.json")}: is not the one that this run saved (manifest.json of the run says so); put the run's own model folder back, or name the model folder instead of the run`,
    );
  }
  expect((await ending("predict", join(run, "model"), "good")).code).toBe(0);
});

describe.each(RUN_FILES)("%s of a run", (file) => {
  test.each(damages.map(([how]) => how))("%s: verify names it alone", async (how) => {
    harm(join(run, file), how);
    const { code, stdout } = await ending("verify", run, "--json");
    expect(code).toBe(1);
    const { damaged } = JSON.parse(stdout);
    expect(damaged.map((one: { file: string }) => one.file)).toEqual([file]);
  });
});

/** A run that was killed before its end, as far as its files tell. */
function unfinish(): void {
  for (const name of ["result.json", "manifest.json", "report.html", "model", "predictions"]) {
    rmSync(join(run, name), { recursive: true });
  }
}

describe("resume", () => {
  const lockPath = join(run, "config.lock.json");

  test.each([
    ["config.optimizer.learningRate", /"learningRate": 0\.02/, '"learningRate": 0.03'],
    ["config.training.epochs", /"epochs": 3/, '"epochs": 4'],
    ["options.threads", /"threads": null/, '"threads": 1'],
  ])("refuses a lock whose %s was altered, and verify names it, too", async (key, from, to) => {
    unfinish();
    const text = readFileSync(lockPath, "utf8");
    writeFileSync(lockPath, text.replace(from, to));
    expect(readFileSync(lockPath, "utf8")).not.toBe(text);
    const { code, message } = await ending("train", "--resume", run, "--quiet");
    expect(code).toBe(1);
    expect(message).toBe(
      `${lockPath}: ${key} was changed since the run began, so it cannot go on; put the old value back, or train anew`,
    );
    const { damaged } = JSON.parse((await ending("verify", run, "--json")).stdout);
    expect(damaged).toMatchObject([{ file: "config.lock.json", fault: expect.stringContaining(key) }]);
  });

  test("needs no config.yaml: the lock has all, and the file is written anew", async () => {
    unfinish();
    rmSync(join(run, "config.yaml"));
    const { code, stderr } = await inProcess(["train", "--resume", "damaged"], folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: .*config\.yaml is missing; it is written anew from config\.lock\.json\n/);
    for (const name of ["config.yaml", "report.html", "model/model.safetensors"]) {
      expect(existsSync(join(run, name)), name).toBe(true);
    }
    expect(readFileSync(join(run, "config.yaml"), "utf8")).toBe(readFileSync(join(folder, "tiny.yaml"), "utf8"));
    expect(readFileSync(join(run, "model/model.safetensors"))).toEqual(
      readFileSync(join(folder, "whole", "model/model.safetensors")),
    );
    expect((await ending("verify", run)).code).toBe(0);
  });

  test("leaves damaged lines of the log out and says which", async () => {
    unfinish();
    const log = join(run, "metrics.jsonl");
    const lines = readFileSync(log, "utf8").split("\n");
    lines[2] = lines[2]!.replace('"step":', '"step":-');
    writeFileSync(log, lines.join("\n"));
    const { damaged } = JSON.parse((await ending("verify", run, "--json")).stdout);
    expect(damaged).toEqual([
      {
        file: "metrics.jsonl",
        fault: "line 3 is damaged",
        rebuild: expect.stringMatching(/^cellstate train --resume .* leaves the damaged lines out$/),
      },
    ]);
    const { code, stderr } = await inProcess(["train", "--resume", "damaged"], folder);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("metrics.jsonl: line 3 is damaged and left out\n"),
    });
  });
});

test("what verify says rebuilds a damaged run to the same bytes", async () => {
  const predictions = join(run, "predictions/test.jsonl");
  const before = readFileSync(predictions);
  harm(predictions, "is cut short");
  const { stdout } = await ending("verify", run);
  const told =
    /^ +rebuild: from .*: rm (.*result\.json) && cellstate train --resume (\S+damaged); its lines also from/m.exec(
      stdout,
    );
  expect(told?.slice(1)).toEqual([join(run, "result.json"), run]);
  rmSync(told![1]!);
  expect((await inProcess(["train", "--resume", "damaged", "--quiet"], folder)).code).toBe(0);
  expect(readFileSync(predictions)).toEqual(before);
  expect((await ending("verify", run)).code).toBe(0);
});

test("a damaged checkpoint is named, with the one before it that a run goes on from", async () => {
  const args = ["train", "--config", "tiny.yaml", "--set", "training.epochs=60", "--out", "killed"];
  const { signal } = await cellstate(args, {
    cwd: folder,
    onStderr: (child, stderr) => {
      if (stderr.includes("\nepoch 3/")) child.kill("SIGKILL");
    },
  });
  expect(signal).toBe("SIGKILL");
  const killed = join(folder, "killed");
  expect((await ending("verify", killed)).code).toBe(0);
  const last = readdirSync(join(killed, "checkpoints"))
    .filter((name) => name.endsWith(".safetensors") && !name.startsWith("."))
    .sort()
    .at(-1)!;
  harm(join(killed, "checkpoints", last), "has a flipped bit");
  const { code, stdout } = await ending("verify", killed, "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout).damaged).toEqual([
    {
      file: `checkpoints/${last}`,
      fault: expect.stringContaining("SHA-256"),
      rebuild: expect.stringMatching(
        /^cellstate train --resume .* goes on from the checkpoint of step \d+ and comes to the same weights$/,
      ),
    },
  ]);
});

test("a run does not go on with the lock of another", async () => {
  const other = ["train", "--config", "tiny.yaml", "--set", "optimizer.learningRate=0.03", "--out", "other", "--quiet"];
  expect((await inProcess(other, folder)).code).toBe(0);
  const killed = join(folder, "killed");
  cpSync(join(folder, "other", "config.lock.json"), join(killed, "config.lock.json"));
  const { code, message } = await ending("train", "--resume", killed, "--quiet");
  expect(code).toBe(1);
  expect(message).toMatch(/step-\d+\.safetensors: was written by a run with another config; its config\.lock\.json/);
});

test("a damaged run that is no folder of ours is refused as such", async () => {
  const { code, message } = await ending("verify", join(folder, "nowhere"));
  expect({ code, message }).toEqual({ code: 2, message: expect.stringContaining("no such folder") });
});
