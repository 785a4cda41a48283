import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = (data: string, out: string, ...args: string[]) =>
  inProcess(["train", "--config", "tiny.yaml", "--set", `data=${data}`, "--out", out, "--quiet", ...args], folder);
const weightsOf = (run: string) => readFileSync(join(folder, run, "model", "model.safetensors"));
const named = "columns: { text: text, label: label, weight: importance }";

/** Rows that say two things of the same text; the weight decides which counts. */
function torn(name: string, positive: number, negative: number): void {
  const rows = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0 ? `positive\tthe film was long\t${positive}` : `negative\tthe film was long\t${negative}`,
  );
  file(folder, name, `label\ttext\timportance\n${rows.join("\n")}\n`);
}

beforeAll(() => {
  tinyConfig(folder);
  torn("yes.tsv", 5, 0.1);
  torn("no.tsv", 0.1, 5);
  torn("ones.tsv", 1, 1);
  file(folder, "dev.tsv", "label\ttext\npositive\tthe film was long\nnegative\tthe film was short\n");
});

describe("data.columns.weight", () => {
  test("decides how much an example counts in the loss", async () => {
    const answers: string[] = [];
    for (const name of ["yes", "no"]) {
      expect((await train(`{ train: ${name}.tsv, dev: dev.tsv, ${named} }`, name)).code).toBe(0);
      const { stdout } = await inProcess(["predict", name, "the film was long"], folder);
      answers.push(JSON.parse(stdout).prediction);
    }
    expect(answers).toEqual(["positive", "negative"]);
  });

  test("of all ones trains as without, and a column of that name alone means nothing", async () => {
    expect((await train("{ train: ones.tsv, dev: dev.tsv }", "without")).code).toBe(0);
    file(folder, "weight.tsv", readFileSync(join(folder, "yes.tsv"), "utf8").replace("importance", "weight"));
    expect((await train("{ train: weight.tsv, dev: dev.tsv }", "unnamed")).code).toBe(0);
    expect(weightsOf("unnamed")).toEqual(weightsOf("without"));
    expect((await train(`{ train: ones.tsv, dev: dev.tsv, ${named} }`, "ones")).code).toBe(0);
    const [a, b] = ["ones", "without"].map((run) => JSON.parse(readFileSync(join(folder, run, "result.json"), "utf8")));
    expect(a.metrics.dev.loss).toBeCloseTo(b.metrics.dev.loss, 4);
  });

  test("may be zero, also for all examples of a batch", async () => {
    torn("zero.tsv", 0, 0);
    const { code } = await train(`{ train: zero.tsv, dev: dev.tsv, ${named} }`, "zero");
    expect(code).toBe(0);
  });

  test("is not asked for in files to predict or evaluate, and scores do not weigh", async () => {
    const { code, stdout } = await inProcess(["evaluate", "yes", "--data", "dev.tsv", "--json"], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).metrics.data.accuracy).toBe(0.5);
  });

  test.each([
    ["-1", "weight: expected a number of at least 0, got -1"],
    ["much", 'expected a finite number, got "much"'],
    ["nan", 'expected a finite number, got "nan"'],
  ])("%s is refused with file and line", async (weight, message) => {
    file(folder, "odd.tsv", `label\ttext\timportance\npositive\ta\t1\nnegative\tb\t${weight}\n`);
    const { code, stderr } = await train(`{ train: odd.tsv, dev: dev.tsv, ${named} }`, "odd");
    expect(code).toBe(2);
    expect(stderr).toContain("odd.tsv:3");
    expect(stderr).toContain(message);
  });
});
