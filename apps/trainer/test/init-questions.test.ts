/** What `cellstate init` asks on a terminal, answered by keys. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { initConfig } from "../src/commands/init/init-config.ts";
import { Questions } from "../src/terminal/questions.ts";
import { file, temporaryFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const ENTER = "\r";
const DOWN = "\u001b[B";
const BACKSPACE = "\u007f";
const CTRL_C = "\u0003";

const words = ["film", "phone", "soup", "hotel", "book"];
const rows = words.flatMap((word, index) => [
  `good,the ${word} was fine,en${index % 2}`,
  `bad,the ${word} was awful,en${index % 2}`,
]);
const reviews = `label,text,shop\n${rows.join("\n")}\n`;

/** Runs `init` in a folder, and presses the keys of each answer once its question is shown. */
async function answer(
  folder: string,
  answers: readonly (readonly [question: string, ...keys: string[]])[],
  data: readonly string[] = [],
) {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = "";
  const waiting = [...answers];
  output.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    const [next] = waiting;
    if (next === undefined || !shown.includes(next[0])) return;
    waiting.shift();
    shown = "";
    setTimeout(() => {
      for (const key of next.slice(1)) input.write(key);
    }, 20);
  });
  vi.stubEnv("INIT_CWD", folder);
  const printed = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  try {
    const options = { data: [...data], columns: [] };
    await initConfig(options, new Questions({ title: "init", input, output }));
    return printed.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    printed.mockRestore();
    vi.unstubAllEnvs();
    expect(waiting).toEqual([]);
  }
}

test("what is typed and chosen goes into the config, and Enter takes the guess", async () => {
  const folder = temporaryFolder();
  file(folder, "reviews.csv", reviews);
  const said = await answer(folder, [
    ["Which data?", ..."rev", ENTER],
    ["What shall it learn?", ENTER],
    ["Right?", ENTER],
    ["be called?", ...Array(12).fill(BACKSPACE), ..."mine.yaml", ENTER],
  ]);
  expect(said).toContain("wrote   mine.yaml\n");
  const text = readFileSync(join(folder, "mine.yaml"), "utf8");
  expect(text).toContain("task: sentiment\n");
  expect(text).toContain("data: { train: reviews.csv, devFraction: 0.1 }\n");
});

test("columns that were guessed wrong are chosen, and a taken name is asked for again", async () => {
  const folder = temporaryFolder();
  file(folder, "reviews.csv", reviews);
  file(folder, "reviews.yaml", "mine\n");
  await answer(
    folder,
    [
      ["What shall it learn?", DOWN, ENTER],
      ["the label from `label`. Right?", `n`],
      ["Which column is the text?", ENTER],
      ["Which column is the label?", DOWN, ENTER],
      ["be called?", ENTER],
      ["there is a file of this name", ...Array(5).fill(BACKSPACE), ..."2.yaml", ENTER],
    ],
    ["reviews.csv"],
  );
  expect(readFileSync(join(folder, "reviews.yaml"), "utf8")).toBe("mine\n");
  expect(readFileSync(join(folder, "reviews2.yaml"), "utf8")).toMatch(
    /task: classification\ndata: .*columns: \{ text: text, label: shop \}/,
  );
});

test("data that will not do are asked for again, and Ctrl-C leaves nothing behind", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "empty"));
  file(folder, "reviews.csv", reviews);
  const leaving = answer(folder, [
    ["Which data?", ENTER],
    ["there are no data files in this folder"],
    ["Which data?", ..."rev", ENTER],
    ["What shall it learn?", CTRL_C],
  ]);
  await expect(leaving).rejects.toMatchObject({
    exitCode: 130,
    message: "left without an answer; nothing was written",
  });
  expect(readdirSync(folder)).toEqual(["empty", "reviews.csv"]);
});

test("without a terminal the error names the options that answer", async () => {
  const folder = temporaryFolder();
  const { code, stderr } = await inProcess(["init"], folder);
  expect(code).toBe(2);
  expect(stderr).toContain("init needs --data <file|folder>: what to train on, such as reviews.csv");
  expect(stderr).toContain("--task, --columns and --output");
  expect(existsSync(join(folder, ".yaml"))).toBe(false);
});
