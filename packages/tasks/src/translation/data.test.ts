import { expect, test } from "vitest";
import { translationConfig } from "./config.ts";
import { collatePairs, encodePair, fitTranslation, tokensInPairs } from "./data.ts";

const model = { embedding: { size: 4 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 } };
const configOf = (sections: object) => translationConfig.parse({ model, ...sections });
const pair = (source: string, target?: string) => ({ values: { source, target }, file: "train.tsv", line: 2 });
const read = () => Promise.reject(new Error("nothing should be read"));

const word = { kind: "word" };
const records = [pair("one two", "eins zwei"), pair("two", "zwei")];

test("one tokenizer is fitted on both sides and serves both", async () => {
  const { source, target } = await fitTranslation(configOf({ tokenizer: word }), records, read);
  expect(source).toBe(target);
  for (const token of ["one", "two", "eins", "zwei"]) expect(source.tokenToId(token)).toBeDefined();
});

test("each side can have a tokenizer of its own, fitted on that side alone", async () => {
  const config = configOf({ tokenizer: { source: word, target: word } });
  async function* stream() {
    yield* records;
  }
  const { source, target } = await fitTranslation(config, records, read);
  expect([source.tokenToId("one"), target.tokenToId("one")]).toEqual([expect.any(Number), undefined]);
  expect([source.tokenToId("eins"), target.tokenToId("eins")]).toEqual([undefined, expect.any(Number)]);
  const again = { [Symbol.asyncIterator]: stream };
  expect((await fitTranslation(config, again, read)).target.stringify()).toBe(target.stringify());
});

test("a batch holds both sides padded, with the ends that the model reads and writes counted as tokens", async () => {
  const config = configOf({ tokenizer: word });
  const fitted = await fitTranslation(config, records, read);
  const examples = records.map((record, index) => encodePair(config, fitted, record, index, "train")!);
  const batch = collatePairs(fitted, examples);
  expect([...batch.source.lengths]).toEqual([3, 2]); // with the end
  expect([...batch.target.lengths]).toEqual([2, 1]); // without it
  expect(batch.source.ids.at(-1)).toBe(fitted.source.padId);
  expect(tokensInPairs(batch)).toBe(3 + 2 + 3 + 2);
});
