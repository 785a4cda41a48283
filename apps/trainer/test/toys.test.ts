/** Tasks that no line of the trainer knows go through all of it: they train, resume, predict, evaluate and report. */
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tasks } from "@cellstate/tasks";
import { toys, toyTasks } from "@cellstate/tasks/toys";
import { describe, expect, test } from "vitest";
import { cellstate } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const program = fileURLToPath(new URL("cellstate-with-toys.ts", import.meta.url));
const found = await toys();
const withToys = [...tasks, ...(await toyTasks())];

test("there are toys", () => {
  expect(found.length).toBeGreaterThanOrEqual(3);
});

describe.each(found)("$name", ({ name, configFile, folder: toyFolder, task }) => {
  const folder = lastingFolder();
  const run = (args: readonly string[]) => inProcess(args, folder, { tasks: withToys });
  const train = ["train", "--config", configFile, "--set", "training.checkpointEverySteps=5"];
  const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));
  const lines = (...path: string[]) =>
    readFileSync(join(folder, ...path), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  test("trains, scores and reports", async () => {
    const trained = await run([...train, "--out", "whole"]);
    expect(trained.code).toBe(0);
    const result = json("whole", "result.json");
    const { config } = json("whole", "config.lock.json");
    expect(config.seed).toBeTypeOf("number");
    const weightsSha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(result).toMatchObject({ task: task.name, seed: config.seed, weightsSha256 });
    const plan = task.plan(task.configSchema.parse(sectionsOf(config)));
    expect(Object.keys(result.metrics)).toEqual(["dev", "test"]);
    for (const { name: metric } of plan.metrics) expect(result.metrics.test[metric]).toBeTypeOf("number");
    const { name: selected, direction } = plan.selection;
    for (const baseline of Object.values<Record<string, Record<string, number>>>(result.baselines)) {
      const [own, trivial] = [result.metrics.test[selected], baseline.test?.[selected]];
      if (trivial !== undefined) expect(direction === "max" ? own - trivial : trivial - own).toBeGreaterThan(0);
    }
    expect(trained.stdout).toContain(`test ${selected}`);
    const report = readFileSync(join(folder, "whole", "report.html"), "utf8");
    expect(report.match(/<section>/g)!.length).toBeGreaterThan(3);
    expect(readdirSync(join(folder, "whole", "model"))).toContain("model.safetensors");
    const indices = lines("whole", "predictions", "test.jsonl").map(({ index }) => index);
    expect(indices.length).toBeGreaterThan(0);
    expect(indices).toEqual([...indices.keys()]);
  });

  test("goes on after a kill to the very same weights", async () => {
    let sent = false;
    const killed = await cellstate([...train, "--out", "killed"], {
      cwd: folder,
      program,
      onStderr(child, stderr) {
        if (sent || !stderr.includes("\nepoch 2/")) return;
        sent = true;
        child.kill("SIGKILL");
      },
    });
    expect(killed.signal).toBe("SIGKILL");
    expect(existsSync(join(folder, "killed", "result.json"))).toBe(false);
    const resumed = await run(["train", "--resume", "killed", "--quiet"]);
    expect(resumed).toMatchObject({ code: 0, stderr: "" });
    expect(json("killed", "result.json").weightsSha256).toBe(json("whole", "result.json").weightsSha256);
    expect(json("killed", "result.json").metrics).toEqual(json("whole", "result.json").metrics);
  });

  test("predicts and evaluates from its saved model", async () => {
    const evaluated = await run(["evaluate", "whole", "--json"]);
    expect(JSON.parse(evaluated.stdout).metrics).toEqual(json("whole", "result.json").metrics);
    const data = readdirSync(toyFolder).find((file) => /^data\.(tsv|jsonl|csv)$/.test(file))!;
    const input = join(toyFolder, data);
    const predicted = await run(["predict", "whole/model", "--input", input]);
    expect(predicted).toMatchObject({ code: 0, stderr: "" });
    const answers = predicted.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const rows = readFileSync(input, "utf8").trimEnd().split("\n").length - (input.endsWith(".jsonl") ? 0 : 1);
    expect(answers.map(({ index }) => index)).toEqual(Array.from({ length: rows }, (_, index) => index));
    const { columns } = json("whole", "model", "config.json").data;
    expect(Object.keys(columns).length).toBeGreaterThan(0);
    const onFile = await run(["evaluate", "whole/model", "--data", input, "--json"]);
    expect(onFile.code).toBe(0);
    expect(Object.keys(JSON.parse(onFile.stdout).metrics.data)).toEqual(
      Object.keys(json("whole", "result.json").metrics.test),
    );
  });

  test("is known to runs, and its config is checked", async () => {
    const shown = await run(["runs", "show", "whole"]);
    expect(shown.stdout).toContain(`task        ${name}`);
    const wrong = await run([...train, "--set", "model.encoder.hidenSize=3", "--out", "wrong"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean `hiddenSize`?") });
    const elsewhere = join(folder, "elsewhere");
    cpSync(join(folder, "whole"), join(elsewhere, "runs", "whole"), { recursive: true });
    const listed = await inProcess(["runs"], elsewhere);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whole +finished +1 +- +-$/m) });
    const withoutToys = await inProcess(["predict", "whole", "1"], folder);
    expect(withoutToys).toMatchObject({ code: 2, stderr: expect.stringContaining(`unknown task "${name}"`) });
  });

  /** The sections of a resolved config that are the task's own. */
  function sectionsOf(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const keys = Object.keys(task.configSchema.shape);
    return Object.fromEntries(Object.entries(config).filter(([key]) => keys.includes(key)));
  }
});
