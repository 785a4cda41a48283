import { trainTokenizer } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import { expect, test } from "vitest";
import { ngramBags } from "./ngram-bags.ts";

const config = tokenizerConfig.parse({ kind: "word" });
const tokenizer = trainTokenizer(config, ["walk walked walking talk a"], { specialTokens: ["pad", "unk"] });
const options = { buckets: 100_003, minLength: 3, maxLength: 4 };
const bagOf = (word: string) => ngramBags(tokenizer, options)[tokenizer.tokenToId(word)!]!;

test("words share the rows of the n-grams that they share, and have one of their own", () => {
  const common = bagOf("walk").filter((row) => bagOf("walking").includes(row));
  // <wa wal alk <wal walk; not lk> and alk>, which end the word
  expect(common).toHaveLength(5);
  expect(bagOf("walk")).toHaveLength(1 + 4 + 3);
  expect(bagOf("walk").filter((row) => bagOf("talk").includes(row))).toHaveLength(3); // alk lk> alk>
  expect(bagOf("a")).toHaveLength(1); // <a> is the word itself
});

test("padding has no rows, and the unknown token one", () => {
  const bags = ngramBags(tokenizer, options);
  expect(bags[tokenizer.padId]).toEqual([]);
  expect(bags[tokenizer.unkId]).toHaveLength(1);
  for (const bag of bags) for (const row of bag) expect(row).toBeLessThan(100_003);
});
