/** The tests of pre-tokenizers against golden values: their pieces, where those stand, and the file they are read from. */
import { AlignedText } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { preTokenize } from "../src/pre-tokenizers/pre-tokenizer.ts";
import { readPreTokenizer } from "../src/pre-tokenizers/read-pre-tokenizer.ts";

export interface GoldenPreTokenizer {
  readonly json: unknown;
  readonly results: readonly { readonly text: string; readonly pieces: string[]; readonly offsets: number[][] }[];
}

export function describePreTokenizers(golden: readonly GoldenPreTokenizer[]): void {
  const titled = golden.map(({ json, results }) => [JSON.stringify(json), json, results] as const);
  describe.each(titled)("pre-tokenizer %s", (_, json, results) => {
    const preTokenizer = readPreTokenizer(json, "pre_tokenizer");

    test.each(results)("cuts $text", ({ text, pieces, offsets }) => {
      const split = preTokenize(preTokenizer, AlignedText.of(text));
      expect(split.map((piece) => piece.text)).toEqual(pieces);
      expect(split.map((piece) => piece.originalRange(0, piece.text.length))).toEqual(offsets);
    });

    test("is written as it was read", () => {
      expect(preTokenizer.toJson()).toEqual(json);
    });
  });
}
