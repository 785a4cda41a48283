/** Normalizers and pre-tokenizers against Hugging Face's, with offsets; golden/make_stages.py made the values. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";
import { preTokenize } from "../src/pre-tokenizers/pre-tokenizer.ts";
import { readPreTokenizer } from "../src/pre-tokenizers/read-pre-tokenizer.ts";
import { AlignedText } from "../src/text/aligned-text.ts";

interface GoldenStage {
  readonly json: { readonly type: string };
  readonly results: readonly { readonly text: string; readonly parts: readonly Part[] }[];
}

/** A code point or a piece, and its range in the original. */
type Part = readonly [text: string, start: number, end: number];

const golden: Readonly<Record<"normalizers" | "preTokenizers", readonly GoldenStage[]>> = JSON.parse(
  readFileSync(new URL("golden/stages.json", import.meta.url), "utf8"),
);

const titled = (stages: readonly GoldenStage[]) => stages.map((stage) => [JSON.stringify(stage.json), stage] as const);

describe.each(titled(golden.normalizers))("normalizer %s", (_, { json, results }) => {
  const normalizer = readNormalizer(json, "normalizer");

  test.each(results)("normalizes $text", ({ text, parts }) => {
    expect(characters(normalizer.normalize(AlignedText.of(text)))).toEqual(parts);
  });

  test("is written as it was read", () => {
    expect(normalizer.toJson()).toEqual(json);
  });
});

describe.each(titled(golden.preTokenizers))("pre-tokenizer %s", (_, { json, results }) => {
  const preTokenizer = readPreTokenizer(json, "pre_tokenizer");

  test.each(results)("cuts $text", ({ text, parts }) => {
    const pieces = preTokenize(preTokenizer, AlignedText.of(text));
    expect(pieces.map((piece): Part => [piece.text, ...piece.originalRange(0, piece.text.length)])).toEqual(parts);
  });

  test("is written as it was read", () => {
    expect(preTokenizer.toJson()).toEqual(json);
  });
});

function characters(text: AlignedText): Part[] {
  let start = 0;
  return Array.from(text.text, (character) => {
    const end = start + character.length;
    const part: Part = [character, ...text.originalRange(start, end)];
    start = end;
    return part;
  });
}
