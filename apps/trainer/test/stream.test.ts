/** Predictions come as their inputs come: line by line, in order, and whatever stdin and files hold alike. */
import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, spawnCellstate, tinyConfig, tinyTranslation } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();

beforeAll(async () => {
  tinyConfig(folder);
  tinyTranslation(folder);
  for (const [config, out] of [
    ["tiny.yaml", "run"],
    ["letters.yaml", "letters"],
  ] as const) {
    const trained = await inProcess(["train", "--config", config, "--out", out, "--quiet"], folder);
    expect(trained.code).toBe(0);
  }
});

describe.each([
  { command: "predict", run: "run", inputs: ["the film was good", "the soup was awful"] },
  { command: "translate", run: "letters", inputs: ["ab", "cd"] },
])("$command", ({ command, run, inputs }) => {
  test("answers each line of standard input before the next one comes", async () => {
    const whole = await inProcess([command, run, ...inputs], folder);
    const child = spawnCellstate([command, run], { cwd: folder });
    const answers = child.stdout.setEncoding("utf8")[Symbol.asyncIterator]();
    let answered = "";
    for (const [index, input] of inputs.entries()) {
      child.stdin.write(`${input}\n`);
      while (answered.split("\n").length < index + 2) answered += (await answers.next()).value ?? "";
    }
    child.stdin.end();
    expect(answered).toBe(whole.stdout);
  });

  test("gives standard input what a file of the same bytes gives", async () => {
    const bytes = `\uFEFF${inputs[0]}\u2028x\r\n\r\n${inputs[1]}\ry\u0085z\n${inputs[0]}`;
    file(folder, `${command}.txt`, bytes);
    const fromFile = await inProcess([command, run, "--input", `${command}.txt`], folder);
    const piped = await inProcess([command, run], folder, { input: bytes });
    expect(fromFile).toMatchObject({ code: 0 });
    expect(piped.stdout).toBe(fromFile.stdout);
    expect(piped.stdout.trimEnd().split("\n")).toHaveLength(4);
  });
});

describe.each([
  { command: "predict", run: "run" },
  { command: "translate", run: "letters" },
])("$command", ({ command, run }) => {
  test("answers empty lines and arguments in their places, and says once how many there were", async () => {
    const warning = (count: number, all: number, place: string) =>
      `warning: ${count} of ${all} inputs ${count === 1 ? "is" : "are"} empty (the first at ${place}); an answer stands for each, but says nothing\n`;
    file(folder, "gaps.txt", "ab\n\n \u3000 \ncd\n");
    const fromFile = await inProcess([command, run, "--input", "gaps.txt"], folder);
    expect(fromFile).toMatchObject({ code: 0, stderr: warning(2, 4, `${folder}/gaps.txt:2`) });
    const piped = await inProcess([command, run], folder, { input: "ab\n\n \u3000 \ncd\n" });
    expect(piped).toMatchObject({ code: 0, stderr: warning(2, 4, "standard input:2"), stdout: fromFile.stdout });
    expect(fromFile.stdout.split("\n")).toHaveLength(5);
    const argument = await inProcess([command, run, "ab", ""], folder);
    expect(argument).toMatchObject({ code: 0, stderr: warning(1, 2, "argument:2") });
    expect(argument.stdout.split("\n")).toHaveLength(3);
  });

  test("answers each row of a file of one column, also empty ones and nulls", async () => {
    const role = command === "predict" ? "text" : "source";
    const expected = await inProcess([command, run, "ab", "", "cd"], folder);
    file(folder, "rows.csv", `${role}\nab\n\ncd\n`);
    file(folder, "rows.tsv", `id\t${role}\n1\tab\n2\t\n3\tcd\n`);
    file(folder, "rows.jsonl", ["ab", null, "cd"].map((text) => `${JSON.stringify({ [role]: text })}\n`).join(""));
    for (const name of ["rows.csv", "rows.tsv", "rows.jsonl"]) {
      const { stdout, stderr } = await inProcess([command, run, "--input", name], folder);
      expect(stdout).toBe(expected.stdout);
      expect(stderr).toMatch(/^warning: 1 of 3 inputs is empty \(the first at .*rows\.\w+:[23]\)/);
    }
  });
});

test("says how many empty lines between rows have no answer", async () => {
  file(folder, "spaced.tsv", `id\ttext\n1\tab\n\n2\tcd\n\n`);
  const { stdout, stderr } = await inProcess(["predict", "run", "--input", "spaced.tsv"], folder);
  expect(stdout.split("\n")).toHaveLength(3);
  expect(stderr).toBe("warning: 1 empty line is no row and has no answer (the first at spaced.tsv:3)\n");
});

test.each([
  ["lines that end in CR alone", Buffer.from("ab\rcd\r"), /:1: the lines end in carriage returns alone/],
  ["invalid UTF-8", Buffer.from([97, 10, 98, 0xc3, 0x28, 10]), /:2: invalid UTF-8 at byte 2 of the line \(0xc3\)/],
  ["UTF-16", Buffer.from("\uFEFFab\n", "utf16le"), /:1: invalid UTF-8 at byte 1 of the line \(0xff\)/],
])("refuses %s in files and on standard input alike", async (_, bytes, message) => {
  writeFileSync(join(folder, "bad.txt"), bytes);
  const fromFile = await inProcess(["predict", "run", "--input", "bad.txt"], folder);
  const piped = await inProcess(["predict", "run"], folder, { input: bytes });
  expect([fromFile.code, piped.code]).toEqual([2, 2]);
  expect(fromFile.stderr).toMatch(message);
  expect(piped.stderr).toBe(fromFile.stderr.replace(/\S*bad\.txt/, "standard input"));
  expect(piped.stdout).toBe(fromFile.stdout);
});

test("a thousand lines and more keep their order", async () => {
  const words = ["good", "awful", "lovely film", "the soup was boring and the hotel was fine"];
  const texts = Array.from({ length: 2500 }, (_, i) => `${words[i % 4]} ${"very ".repeat(i % 7)}${i}`);
  const { stdout, code } = await inProcess(["predict", "run"], folder, { input: texts.join("\n") });
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ index, text }) => [index, text])).toEqual(texts.map((text, index) => [index, text]));
  const alone = await inProcess(["predict", "run", texts[1234]!], folder);
  expect({ ...JSON.parse(alone.stdout), index: 1234 }).toEqual(lines[1234]);
});

test("invalid UTF-8 on standard input is refused with its line, after the answers to the lines before it", async () => {
  const child = spawnCellstate(["predict", "run"], { cwd: folder });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.stdin.end(Buffer.concat([Buffer.from("good\n"), Buffer.from([0xff, 0xfe, 10])]));
  let stdout = "";
  for await (const part of child.stdout.setEncoding("utf8")) stdout += part;
  expect(await ended).toBe(2);
  expect(stderr).toMatch(/^cellstate: standard input:2: invalid UTF-8/);
  expect(stdout.split("\n")).toHaveLength(2);
});

test("memory does not grow with the number of lines", async () => {
  const path = join(folder, "many.txt");
  const writer = createWriteStream(path);
  for (let i = 0; i < 60_000; i++) writer.write(`the film was ${i % 2 ? "good" : "bad"} ${i}\n`);
  await new Promise((resolve) => writer.end(resolve));
  const limit = { NODE_OPTIONS: "--max-old-space-size=48" };
  const { code, stderr } = await cellstate(["predict", "run", "--input", path, "--output", "many.jsonl"], {
    cwd: folder,
    env: limit,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}, 120_000);
