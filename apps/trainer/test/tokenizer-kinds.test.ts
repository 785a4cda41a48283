/** The shipped experiments with every kind of tokenizer, by changing the one section, on a few examples of one epoch. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();

const english = ["a fine film", "a dull film", "the plot is fine", "the plot is dull", "finely acted", "dully acted"];
const chinese = ["房间很好", "房间很差", "早餐很好吃", "早餐很难吃", "服务很好，下次再来", "服务很差，不会再来"];

beforeAll(async () => {
  for (const [name, texts] of Object.entries({ english, chinese })) {
    const rows = texts.flatMap((text, index) => Array.from({ length: 6 }, () => `${index % 2}\t${text}`));
    file(folder, `${name}.tsv`, `label\ttext\n${rows.join("\n")}\n`);
    const args = [
      "tokenizer",
      "train",
      `${name}.tsv`,
      "--kind",
      "bpe",
      "--set",
      "vocabSize=300",
      "--output",
      `${name}.json`,
    ];
    expect((await inProcess([...args, "--quiet"], folder)).code).toBe(0);
  }
});

describe.each([
  ["sentiment-sst2", "english"],
  ["sentiment-zh", "chinese"],
])("%s", (config, data) => {
  test.each([
    ["{ kind: word }", "WordLevel"],
    ["{ kind: word, preTokenizer: segmenter }", "WordLevel"],
    ["{ kind: char }", "WordLevel"],
    ["{ kind: bpe, vocabSize: 300 }", "BPE"],
    ["{ kind: bpe, vocabSize: 300, preTokenizer: byteLevel }", "BPE"],
    ["{ kind: wordpiece, vocabSize: 300 }", "WordPiece"],
    ["{ kind: unigram, vocabSize: 300 }", "Unigram"],
    [`{ file: ${data}.json }`, "BPE"],
  ])("trains with tokenizer: %s", async (section, model) => {
    const out = `${config}-${section.replace(/\W+/g, "-")}`;
    const settings = [
      `data={ train: ${data}.tsv, devFraction: 0.2 }`,
      `tokenizer=${section}`,
      "training.epochs=1",
      "model.embedding.size=4",
      "model.encoder.hiddenSize=4",
    ].flatMap((setting) => ["--set", setting]);
    const outcome = await inProcess(["train", "--config", config, ...settings, "--out", out, "--quiet"], folder);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, out, ...path), "utf8"));
    expect(read("model", "tokenizer.json").model.type).toBe(model);
    const { segmenter } = read("config.lock.json");
    if (section.includes("segmenter")) expect(segmenter.icu).toMatch(/^\d/);
    else expect(segmenter).toBeNull();
  });
});
