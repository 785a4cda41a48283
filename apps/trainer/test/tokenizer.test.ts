import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@cellstate/tokenizers";
import { beforeAll, describe, expect, test } from "vitest";
import { describeText } from "../src/commands/tokenizer/report.ts";
import { tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (args: readonly string[], input?: string) => inProcess(["tokenizer", ...args], folder, { input });

beforeAll(async () => {
  file(folder, "texts.txt", "the red fox runs\nthe red dog runs\nthe fox and the dog\n");
  file(folder, "more.tsv", "id\tbody\n1\tthe red fox\n");
  const trained = await run(["train", "texts.txt", "--set", "vocabSize=40", "--set", "minFrequency=1"]);
  expect(trained.stderr).toMatch(/^\d+ tokens from 3 texts in [\d.]+ s\n$/);
  expect(trained.stdout).toBe(`${join(folder, "tokenizer.json")}\n`);
});

describe("a trained tokenizer", () => {
  test("encodes to JSON lines that decode reads back", async () => {
    const encoded = await run(["encode", "tokenizer.json", "the red dog", "fox", "--special"]);
    const lines = encoded.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ tokens }) => tokens.at(0))).toEqual(["<s>", "<s>"]);
    expect(lines[0].offsets.map(([start, end]: number[]) => "the red dog".slice(start, end)).join("")).toBe(
      "the red dog",
    );
    expect((await run(["decode", "tokenizer.json"], encoded.stdout)).stdout).toBe("the red dog\nfox\n");
    file(folder, "ids.jsonl", encoded.stdout);
    expect((await run(["decode", "tokenizer.json", "--input", "ids.jsonl"])).stdout).toBe("the red dog\nfox\n");
    const ids = lines[1].ids.map(String);
    expect((await run(["decode", "tokenizer.json", ...ids, "--keep-special"])).stdout).toBe("<s> fox</s>\n");
  });

  test("encodes pairs, windows and padding", async () => {
    const lines = async (args: readonly string[], input?: string) =>
      (await run(["encode", "tokenizer.json", ...args], input)).stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    const [pair] = await lines(["--pairs", "the fox", "the dog"]);
    expect(pair.typeIds.at(0)).toBe(0);
    expect(pair.typeIds.at(-1)).toBe(1);
    expect((await lines(["--pairs"], "the fox\tthe dog\n"))[0]).toEqual(pair);
    const [window] = await lines(["--max-length", "2", "--stride", "1", "the red fox runs"]);
    expect(window.ids).toHaveLength(2);
    expect(window.overflowing[0].ids[0]).toBe(window.ids[1]);
    const padded = await lines(["--pad", "longest", "the red fox runs", "fox"]);
    expect(padded[1].ids).toHaveLength(padded[0].ids.length);
    expect(padded[1].attentionMask.slice(0, 2)).toEqual([1, 0]);
    expect((await lines(["--pad", "9", "fox"]))[0].ids).toHaveLength(9);
    const left = await lines(["--max-length", "2", "--truncation-side", "left", "the red fox runs"]);
    expect(left[0].offsets.at(-1)[1]).toBe("the red fox runs".length);
    expect((await lines(["--pad", "9", "--padding-side", "left", "fox"]))[0].attentionMask.at(0)).toBe(0);
  });

  test("takes the section of an experiment", async () => {
    const config = tinyConfig(folder).replace(/.*\//, "");
    await run(["train", "texts.txt", "--config", config, "--set", "minFrequency=2", "--output", "word.json"]);
    const { model } = JSON.parse(readFileSync(join(folder, "word.json"), "utf8"));
    expect(model).toMatchObject({ type: "WordLevel", vocab: { the: 4 } });
    expect(model.vocab).not.toHaveProperty("and");
  });

  test("shows the pieces of a text, and its vocabulary without one", async () => {
    const { stdout } = await run(["inspect", "tokenizer.json", "the cat"]);
    expect(stdout).toMatch(/^the\| ?/);
    expect(stdout).toMatch(/\d+ tokens, 7 characters, [\d.]+ characters a token, 1 unknown\n$/);
    const vocabulary = await run(["inspect", "tokenizer.json"]);
    expect(vocabulary.stdout).toMatch(/\n\d+ tokens, 4 of them special: <pad> <unk> <s> <\/s>\nmean length /);
    expect(vocabulary.stdout).toMatch(/^normalizer +NFC\npre-tokenizer +Metaspace, Punctuation\nmodel +BPE\n/);
  });

  test("paints neighbouring pieces in different colours and escapes control characters", () => {
    const tokenizer = Tokenizer.parse(readFileSync(join(folder, "tokenizer.json"), "utf8"));
    const report = describeText(tokenizer, "the\tdog", true);
    expect(report).toContain("\u001b[44mthe\u001b[49m");
    expect(report).toContain("\\t");
  });

  test("shows what a text would do to the terminal or to the order of a line instead of doing it", () => {
    const tokenizer = Tokenizer.parse(readFileSync(join(folder, "tokenizer.json"), "utf8"));
    const report = describeText(tokenizer, "\u001b[2J\u009b2J\u202e", false);
    expect(["\u001b", "\u009b", "\u202e"].filter((character) => report.includes(character))).toEqual([]);
    expect(report).toMatch(/^\\u\{1b\}/);
    expect(report).toContain("\\u{202e}\n");
    expect(describeText(tokenizer, "👨\u200d👩", false)).toContain("\\u{200d}");
    expect(describeText(tokenizer, "שלום", false)).toContain("\u2068ש\u2069");
  });
});

test.each([
  [["train", "texts.txt", "--set", "vocabSiz=9"], 2, "unknown key `vocabSiz`, did you mean `vocabSize`?"],
  [["train", "texts.txt", "--kind", "bpee"], 2, "--kind: kind: must be one of"],
  [["train", "texts.txt", "--kind", "bpe", "--config", "sentiment"], 2, "give --kind or --config, not both"],
  [["encode", "tokenizer.json", "--pairs", "a", "b", "c"], 2, '--pairs takes texts two by two; "c" has no other'],
  [["encode", "tokenizer.json", "--stride", "1", "a"], 2, "--stride needs --max-length"],
  [["encode", "tokenizer.json", "--pad", "none", "a"], 2, "It must be a whole number from 1 to 1000000, or longest"],
  [["encode", "tokenizer.json", "--max-length", "none", "a"], 2, "It must be a whole number from 1 to 1000000."],
  [["encode", "tokenizer.json", "--truncation-side", "left", "a"], 2, "--truncation-side needs --max-length"],
  [["encode", "tokenizer.json", "--padding-side", "left", "a"], 2, "--padding-side needs --pad"],
  [["encode", "tokenizer.json", "--pad", "9", "--padding-side", "top", "a"], 2, "Allowed choices are left, right"],
  [["train", "texts.txt", "--output", "."], 2, "is a folder; give the name of a file in it"],
  [["encode", "tokenizer.json"], 2, "no text was given"],
  [["train", "none.txt"], 2, "none.txt: no such file"],
  [["train", "more.tsv"], 2, 'no column "text"; columns here: id, body'],
  [["encode", "none.json", "a"], 2, "none.json: no such file"],
  [["encode", "texts.txt", "a"], 1, "texts.txt: vocab.txt at line 3: expected a line [UNK] up to here, got none"],
  [["decode", "tokenizer.json", "99999"], 2, "decode: expected ids from 0 to"],
  [["decode", "tokenizer.json", "7", "x"], 2, 'expected ids such as 17 4 256, got "x"'],
  [["decode", "tokenizer.json", '{"ids":[-1]}'], 2, "expected a list of ids"],
  [["decode", "tokenizer.json", "7", "--input", "texts.txt"], 2, "give ids or --input, not both"],
])("%j is refused", async (args, code, message) => {
  const outcome = await run(args);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(code);
});
