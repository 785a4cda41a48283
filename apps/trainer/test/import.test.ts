/** `cellstate import`, on classifiers whose predictions Keras gave: make_keras.py of packages/interchange had Keras write them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { cellstate } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";

interface Golden {
  readonly name: string;
  /** Base64. */
  readonly file: string;
  readonly tokenizer: string;
  readonly padding: string;
  readonly truncating: string;
  readonly texts: readonly string[];
  readonly probs: { readonly shape: readonly number[]; readonly data: readonly number[] };
}

const folder = lastingFolder();
const source = new URL("../../../packages/interchange/test/golden/keras-texts.json.gz", import.meta.url);
const golden: readonly Golden[] = JSON.parse(gunzipSync(readFileSync(source)).toString());

const parse = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Writes a classifier's files and imports them. */
async function importOf({ name, file: model, tokenizer, padding, truncating }: Golden, ...options: readonly string[]) {
  writeFileSync(join(folder, `${name}.h5`), Buffer.from(model, "base64"));
  file(folder, `${name}.json`, tokenizer);
  const sides = ["--padding", padding, "--truncating", truncating];
  return await cellstate(["import", `${name}.h5`, "--tokenizer", `${name}.json`, ...sides, ...options], {
    cwd: folder,
  });
}

test.each(golden)(
  "$name: the model folder predicts from texts what Keras predicts",
  async (expected) => {
    const { name, texts, probs } = expected;
    const classes = probs.shape[1] === 1 ? 2 : probs.shape[1]!;
    const labels = ["zero", "one", "two"].slice(0, classes);
    const imported = await importOf(expected, "--labels", labels.join(","), "--output", `${name} model`);
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    expect(imported.stdout).toContain(`labels: ${labels.join(", ")}`);
    file(folder, "texts.jsonl", texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
    const predicted = await cellstate(["predict", `${name} model`, "--input", "texts.jsonl"], { cwd: folder });
    for (const [row, line] of parse(predicted.stdout).entries()) {
      const given = probs.data.slice(row * probs.shape[1]!, (row + 1) * probs.shape[1]!);
      const want = given.length === 1 ? [1 - given[0]!, given[0]!] : given;
      expect(Object.keys(line.probs)).toEqual(labels);
      for (const [index, prob] of Object.values<number>(line.probs).entries())
        expect(prob).toBeCloseTo(want[index]!, 5);
      expect(line.prediction).toBe(labels[want.indexOf(Math.max(...want))]);
    }
    expect(parse(predicted.stdout)).toHaveLength(texts.length);
  },
  60_000,
);

test("an imported model is verified and evaluated like one that was trained here", async () => {
  file(folder, "data.tsv", "text\tlabel\nthe film was good\tone\nso bad\tzero\n");
  const evaluated = await cellstate(["evaluate", "two classes model", "--data", "data.tsv", "--json"], { cwd: folder });
  expect(JSON.parse(evaluated.stdout)).toMatchObject({
    task: "imported",
    metrics: { data: { loss: expect.any(Number) } },
  });
  expect(await cellstate(["verify", "two classes model"], { cwd: folder })).toMatchObject({ code: 0 });
});

test.each([
  [
    ["--labels", "a,b,c"],
    "--labels: expected 2 names, since the network has one output, which tells two classes apart; got 3",
  ],
  [["--labels", "a,a"], '--labels: "a" is given twice'],
  [["--max-length", "7"], "--max-length 7: the network was made for texts of 8 ids; leave the option out"],
  [["--output", "two classes model"], "--output two classes model: the folder is not empty; choose another name"],
])("%j is refused before anything is written", async (options, message) => {
  const output = options[0] === "--output" ? options : [...options, "--output", "refused"];
  const outcome = await importOf(golden[0]!, ...output);
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(outcome.stderr).toContain(message);
  expect(() => readFileSync(join(folder, "refused", "config.json"))).toThrow("ENOENT");
});

test("a tokenizer with more ids than the embedding has rows is refused", async () => {
  const tokenizer = JSON.parse(JSON.parse(golden[0]!.tokenizer));
  const outcome = await importOf(
    {
      ...golden[0]!,
      name: "large",
      tokenizer: JSON.stringify({ ...tokenizer, config: { ...tokenizer.config, num_words: null } }),
    },
    ...["--output", "refused"],
  );
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toMatch(/large\.json: it gives ids up to 1\d, and the network's embedding has 10 rows/);
});

test("a config cannot train it, and says how else", async () => {
  file(folder, "train.yaml", "name: x\ntask: imported\ndata: { train: data.tsv }\noutput: { labels: [a, b] }\n");
  const outcome = await cellstate(["train", "--config", "train.yaml", "--out", "run"], { cwd: folder });
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("its models come from `cellstate import` and are not trained from a config");
});
