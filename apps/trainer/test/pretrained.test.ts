import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
/** The words of the reviews but for `splendid` and `the`, one of them with a capital letter alone in the data's lower case. */
const listed = ["film", "phone", "soup", "hotel", "book", "train", "was", "good", "great", "lovely", "fine"];
const vectorOf = (index: number) => Array.from({ length: 8 }, (_, at) => (index + 1) / 8 - at / 4);

const train = (...args: string[]) => inProcess(["train", "--config", "tiny.yaml", ...args], folder);
const set = (value: string) => ["--set", `model.embedding.vectors=${value}`];

/** The embedding of a run by token. */
function embeddingOf(run: string): Map<string, number[]> {
  const { tensors } = decodeSafetensors(readFileSync(join(folder, run, "model", "model.safetensors")));
  const { data } = tensors.get("embedding.weight")!;
  const tokenizer = JSON.parse(readFileSync(join(folder, run, "model", "tokenizer.json"), "utf8"));
  const vocabulary: Record<string, number> = tokenizer.model.vocab;
  return new Map(Object.entries(vocabulary).map(([token, id]) => [token, [...data.slice(8 * id, 8 * id + 8)]]));
}

beforeAll(() => {
  tinyConfig(folder);
  file(folder, "glove.txt", listed.map((word, index) => `${word} ${vectorOf(index).join(" ")}\n`).join(""));
});

test("frozen vectors stay as the file has them; other words have their mean, padding zeros", async () => {
  const { code, stderr } = await train(...set("{ file: glove.txt }"), "--out", "frozen");
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /\nvectors .*glove\.txt, frozen: 11 of 18 words, \d\d\.\d % of training tokens; missing most often: the 54, /,
  );
  const table = embeddingOf("frozen");
  for (const [index, word] of listed.entries()) expect(table.get(word)).toEqual(vectorOf(index));
  const mean = Array.from({ length: 8 }, (_, at) => listed.reduce((sum, _, i) => sum + vectorOf(i)[at]!, 0) / 11);
  for (const word of ["the", "splendid", "<unk>"]) {
    for (const [at, value] of table.get(word)!.entries()) expect(value).toBeCloseTo(mean[at]!, 6);
  }
  expect(table.get("<pad>")).toEqual(new Array(8).fill(0));
});

test("the report lists missing words, and the lock has the file's hash", () => {
  const report = readFileSync(join(folder, "frozen", "report.html"), "utf8");
  expect(report).toContain("Word vectors of embedding.weight");
  expect(report).toContain("splendid");
  const lock = JSON.parse(readFileSync(join(folder, "frozen", "config.lock.json"), "utf8"));
  expect(lock.data["glove.txt"]).toMatch(/^[0-9a-f]{64}$/);
});

test("a saved model needs the file no more and tells nothing of where it lay", async () => {
  const config = readFileSync(join(folder, "frozen", "model", "config.json"), "utf8");
  expect(JSON.parse(config).model.embedding.vectors.file).toBe("glove.txt");
  const { code, stdout } = await inProcess(["predict", "frozen/model", "the film was good"], folder);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).prediction).toMatch(/positive|negative/);
});

test("trainable vectors begin with the file's and change; unknown: random leaves the other words their first values", async () => {
  const tuned = set("{ file: glove.txt, trainable: true, unknown: random }");
  expect((await train(...tuned, "--set", "training.maxSteps=1", "--out", "tuned", "--quiet")).code).toBe(0);
  const free = ["--set", "training.maxSteps=1", "--out", "free", "--quiet"];
  expect((await train(...free)).code).toBe(0);
  const [table, without] = [embeddingOf("tuned"), embeddingOf("free")];
  const far = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((value, at) => Math.abs(value - b[at]!)));
  const film = table.get("film")!;
  expect(film).not.toEqual(vectorOf(0));
  expect(far(film, vectorOf(0))).toBeLessThan(0.05); // one step of AdamW
  expect(far(table.get("the")!, without.get("the")!)).toBeLessThan(0.05);
});

test("an interrupted run goes on to the same bytes, but not on another file", async () => {
  const epochs = ["--set", "training.epochs=40", ...set("{ file: glove.txt, trainable: true }")];
  expect((await train(...epochs, "--out", "whole", "--quiet")).code).toBe(0);
  let sent = false;
  const killed = await cellstate(["train", "--config", "tiny.yaml", ...epochs, "--out", "killed"], {
    cwd: folder,
    onStderr(child, stderr) {
      if (sent || !stderr.includes("\nepoch 5/")) return;
      sent = true;
      child.kill("SIGKILL");
    },
  });
  expect(killed.signal).toBe("SIGKILL");
  const before = readFileSync(join(folder, "glove.txt"));
  appendFileSync(join(folder, "glove.txt"), `more ${vectorOf(3).join(" ")}\n`);
  const refused = await inProcess(["train", "--resume", "killed"], folder);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/the data changed since the run began \(.*glove\.txt\)/);
  file(folder, "glove.txt", before.toString());
  expect((await inProcess(["train", "--resume", "killed", "--quiet"], folder)).code).toBe(0);
  const weights = (run: string) => readFileSync(join(folder, run, "model", "model.safetensors"));
  expect(weights("killed")).toEqual(weights("whole"));
});

test.each([
  ["another size", "{ file: glove.txt }", ["--set", "model.embedding.size=4"], "has vectors of 8 numbers, expected 4"],
  ["a file that is not there", "{ file: none.txt }", [], "none.txt: no such file"],
  ["a file of something else", "{ file: reviews.tsv }", [], "reviews.tsv:1: expected a word and its numbers (GloVe)"],
  ["an unknown option", "{ file: glove.txt, trainble: true }", [], "did you mean `trainable`?"],
])("%s is refused with 2", async (_, value, more, message) => {
  const { code, stderr } = await train(...set(value), ...more);
  expect(code).toBe(2);
  expect(stderr.toLowerCase()).toContain(message.toLowerCase());
});

test("a file without most words is warned of", async () => {
  file(folder, "few.txt", `film ${vectorOf(0).join(" ")}\n`);
  const { stderr } = await train(...set("{ file: few.txt }"), "--dry-run");
  expect(stderr).toContain("few.txt has vectors of less than half of the training tokens; is it of the language");
});
