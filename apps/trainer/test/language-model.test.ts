/** A language model through the command line: it writes on from a prompt, the same text for the same seed. */
import { beforeAll, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);

beforeAll(async () => {
  file(folder, "rhyme.txt", "one fat cat sat\ntwo fat cats sat\none fat dog sat\ntwo fat dogs sat\n".repeat(20));
  file(
    folder,
    "rhyme.yaml",
    `task: language-model
seed: 3
data: { train: rhyme.txt }
tokenizer: { kind: char }
model: { embedding: { size: 8 }, encoder: { hiddenSize: 24 } }
streams: { bptt: 30 }
sample: { texts: 0 }
optimizer: { kind: adamw, learningRate: 0.02 }
training: { epochs: 12, batchSize: 4 }
`,
  );
  expect((await run("train", "--config", "rhyme.yaml", "--out", "run", "--quiet")).code).toBe(0);
}, 60_000);

test("generate prints prompt and text, the same ones for the same seed and as JSON", async () => {
  const { code, stdout } = await run("generate", "run", "one fat ", "--length", "40", "--seed", "5");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^one fat [a-z \n]+\n$/);
  const asJson = JSON.parse(
    (await run("generate", "run", "one fat ", "--length", "40", "--seed", "5", "--json")).stdout,
  );
  expect(asJson).toEqual({ prompt: "one fat ", text: stdout.slice("one fat ".length, -1), seed: 5 });
  expect((await run("generate", "run", "one fat ", "--length", "40", "--seed", "6")).stdout).not.toBe(stdout);
  const likeliest = await run("generate", "run", "one fat ", "--length", "7", "--temperature", "0");
  expect(likeliest.stdout).toMatch(/^one fat (cat|dog) sat\n$/);
});

test("a prompt with unknown characters and a model that does not write are refused in a line", async () => {
  const unknown = await run("generate", "run", "ÆON");
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toMatch(/^cellstate: .*Æ/);
  tinyConfig(folder);
  expect((await run("train", "--config", "tiny.yaml", "--out", "labels", "--quiet")).code).toBe(0);
  expect(await run("generate", "labels", "good")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "labels is a model for sentiment, which does not write texts; use: cellstate predict labels",
    ),
  });
});
