import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig, tinyTranslation } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);
const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A config with another tokenizer section, beside the data that it names. */
function withTokenizer(config: string, section: string, name: string): string {
  return file(folder, name, readFileSync(config, "utf8").replace(/^tokenizer: .*$/m, `tokenizer: ${section}`));
}

let sentiment: string;
let translation: string;

beforeAll(async () => {
  sentiment = tinyConfig(folder);
  translation = tinyTranslation(folder);
  const train = async (kind: string, input: string, ...rest: string[]) =>
    expect(await run("tokenizer", "train", input, "--kind", kind, "--output", `${kind}.json`, ...rest)).toMatchObject({
      code: 0,
    });
  await train("word", "reviews.tsv");
  await train("char", "pairs.tsv", "--column", "source");
  await train("bpe", "pairs.tsv", "--column", "target");
  const { added_tokens: tokens, ...rest } = JSON.parse(read("word.json"));
  file(folder, "bare.json", JSON.stringify({ ...rest, added_tokens: tokens.slice(1) }));
  file(folder, "vocab.txt", ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "was", "good", "bad", "##ly"].join("\n"));
});

describe("a tokenizer from a file", () => {
  test("trains as one that the run trains itself, and comes along with the model", async () => {
    const config = withTokenizer(sentiment, "{ file: word.json }", "file.yaml");
    expect(await run("train", "--config", config, "--out", "run", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    const lock = JSON.parse(read("run", "config.lock.json"));
    expect(lock.config.tokenizer).toEqual({ kind: "file", file: "word.json", specialTokens: {} });
    expect(lock.data["word.json"]).toBe(sha256(read("word.json")));
    expect(lock.tokenizer["tokenizer.json"]).toBe(sha256(read("run", "model", "tokenizer.json")));
    expect(read("run", "model", "tokenizer.json")).toBe(read("word.json"));
    expect(read("run", "model", "config.json")).not.toContain(folder);
  });

  test("is not needed to evaluate and to predict, and must be the same to resume", async () => {
    file(folder, "again.json", read("word.json"));
    const config = withTokenizer(sentiment, "{ file: again.json }", "again.yaml");
    await run("train", "--config", config, "--out", "again", "--quiet");
    rmSync(join(folder, "again", "result.json"));
    expect(await run("train", "--resume", "again", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    file(folder, "again.json", read("word.json").replace('"the"', '"then"'));
    rmSync(join(folder, "again", "result.json"));
    const resumed = await run("train", "--resume", "again", "--quiet");
    expect(resumed.stderr).toContain("the data changed since the run began (again.json)");
    expect(resumed.code).toBe(2);
    rmSync(join(folder, "again.json"));
    expect((await run("predict", "again", "the film was good")).code).toBe(0);
    expect((await run("evaluate", "again", "--data", "reviews.tsv")).code).toBe(0);
  });

  test("may be a vocab.txt, whose own names of special tokens are known", async () => {
    const config = withTokenizer(sentiment, "{ file: vocab.txt }", "bert.yaml");
    expect(await run("train", "--config", config, "--out", "bert", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(read("bert", "model", "tokenizer.json")).model.type).toBe("WordPiece");
  });

  test("gets the special tokens that the config names, new ones behind its vocabulary", async () => {
    const config = withTokenizer(sentiment, '{ file: bare.json, specialTokens: { pad: "<blank>" } }', "named.yaml");
    expect(await run("train", "--config", config, "--out", "named", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    const { added_tokens: tokens, model } = JSON.parse(read("named", "model", "tokenizer.json"));
    expect(tokens.at(-1)).toMatchObject({ content: "<blank>", id: Object.keys(model.vocab).length, special: true });
    expect((await run("predict", "named", "good")).code).toBe(0);
  });

  test("can be one for each side of a translation", async () => {
    const section = "{ source: { file: char.json }, target: { file: bpe.json } }";
    const config = withTokenizer(translation, section, "sides.yaml");
    const { code, stderr } = await run("train", "--config", config, "--out", "sides", "--quiet");
    // so small a model scores 0 throughout, of which training warns
    expect(stderr).toMatch(/^(warning: dev bleu was 0\.00 in all 2 evaluations .*\n)?$/);
    expect(code).toBe(0);
    expect(read("sides", "model", "tokenizer.json")).toBe(read("char.json"));
    expect(read("sides", "model", "tokenizer.target.json")).toBe(read("bpe.json"));
    expect((await run("translate", "sides", "ab")).code).toBe(0);
  });

  test("resolves against the caller's folder in --set", async () => {
    const args = ["--config", sentiment, "--set", "tokenizer={ file: word.json }", "--out", "set", "--quiet"];
    expect(await run("train", ...args)).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("bad input", () => {
  test.each([
    ["{ file: none.json }", 2, "none.json: there is no such file"],
    ["{ file: reviews.tsv }", 1, "reviews.tsv: tokenizer.json: expected JSON"],
    ["{ file: again }", 2, "the folder has none of tokenizer.json, spiece.model"],
    [
      "{ file: bare.json }",
      2,
      'has no pad token that this task needs; name tokens of it, or new ones to be added, such as tokenizer: { file: ..., specialTokens: { pad: "<pad>" } }',
    ],
    ["{ fil: bare.json }", 2, "tokenizer.kind: `kind` is missing; it must be one of word, char, bpe"],
    [
      "{ file: word.json, vocabSize: 9 }",
      2,
      "tokenizer.vocabSize: unknown key `vocabSize`, valid here: kind, file, specialTokens",
    ],
    ["{ file: 3 }", 2, "tokenizer.file: must be text, got 3"],
    ["{ kind: bpee }", 2, 'must be one of word, char, bpe, wordpiece, unigram, got "bpee" (text), did you mean `bpe`?'],
    [
      "{ kind: bpe, preTokenizer: bytelevel }",
      2,
      'preTokenizer: must be one of metaspace, segmenter, byteLevel, got "bytelevel" (text), did you mean `byteLevel`?',
    ],
    ["{ kind: word, normalizer: { type: Lowercas } }", 2, "tokenizer.normalizer.type: must be one of NFC, NFD"],
    [
      "{ kind: word, normalizer: [{ type: NFC }, { type: Strip, stripleft: true }] }",
      2,
      "tokenizer.normalizer[1].stripleft: unknown key `stripleft`, did you mean `stripLeft`?",
    ],
    [
      '{ kind: word, preTokenizer: { type: Split, pattern: { regex: "(" } } }',
      2,
      "tokenizer.preTokenizer.pattern.regex: must be a regular expression that can be translated",
    ],
    ["{ kind: word, decoder: {} }", 2, "tokenizer.decoder.type: `type` is missing; it must be one of Fuse"],
  ])("%s is refused", async (section, code, message) => {
    const config = withTokenizer(sentiment, section, "bad.yaml");
    const outcome = await run("train", "--config", config, "--quiet");
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
  });

  test.each([
    [
      "{ source: { kind: word }, target: { kind: bpe, vocabSiz: 9 } }",
      "tokenizer.target.vocabSiz: unknown key `vocabSiz`, did you mean `vocabSize`?",
    ],
    ["{ source: { kind: word } }", "tokenizer.target: is missing; must be a map of keys"],
    [
      "{ kind: word, minFrequenc: 1 }",
      "tokenizer.minFrequenc: unknown key `minFrequenc`, did you mean `minFrequency`?",
    ],
  ])("%s of a translation is refused", async (section, message) => {
    const config = withTokenizer(translation, section, "bad.yaml");
    const outcome = await run("train", "--config", config, "--quiet");
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(2);
  });
});
