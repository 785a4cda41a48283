import fc from "fast-check";
import { expect, test } from "vitest";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { type BpeMerge, BpeModel } from "./model.ts";
import { trainBpe } from "./trainer.ts";
import { endOfWord, keepsWordsApart } from "./words.ts";

const unit = fc.constantFrom("a", "b", "é", "▁", "▁", "🎂");
const text = fc.string({ unit, minLength: 1, maxLength: 60 });

test("words end before the first space behind something else", () => {
  expect([endOfWord("▁▁ab▁▁c", 0), endOfWord("▁▁ab▁▁c", 4), endOfWord("▁▁", 0)]).toEqual([4, 7, 2]);
  expect(
    keepsWordsApart([
      ["▁", "▁"],
      ["▁", "a"],
    ]),
  ).toBe(true);
  expect(keepsWordsApart([["a", "▁b"]])).toBe(false);
});

test("merging by word gives the tokens of merging all at once", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), text, (words, piece) => {
      const counts = new Map(words.map((word) => [`▁${word.replaceAll("▁", "")}`, 3]));
      counts.set("▁▁▁▁", 5);
      const specialTokens = ["<unk>"];
      const { vocabulary, merges } = trainBpe(counts, { specialTokens, minFrequency: 1, vocabSize: 40 });
      const options = { vocabulary, merges, unkToken: "<unk>", fuseUnk: true };
      expect(keepsWordsApart(merges)).toBe(true);
      expect(new BpeModel(options).tokenize(piece)).toEqual(new BpeModel(joiningWords(options)).tokenize(piece));
    }),
  );
});

/** The same with a merge that takes "▁" for the end of a token, so that words are not merged one by one. */
function joiningWords<Options extends { vocabulary: Vocabulary; merges: readonly BpeMerge[] }>(
  options: Options,
): Options {
  const vocabulary = Vocabulary.fromTokens([...options.vocabulary.tokens, "x", "x▁"]);
  return { ...options, vocabulary, merges: [...options.merges, ["x", "▁"]] };
}
