/** In a page, tokenizers give what they give in Node: ids, tokens, offsets and texts of the same golden file. */
import { Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { expect, test } from "vitest";
import golden from "../test/golden/golden.json" with { type: "json" };

const read = async (name: string) => (await fetch(new URL(`../test/golden/${name}`, import.meta.url))).text();

test("runs in a page", () => {
  expect("document" in globalThis).toBe(true);
  expect("Buffer" in globalThis).toBe(false);
});

test.each(Object.entries(golden.encodings))("%s encodes and decodes as in Node", async (name, encodings) => {
  const tokenizer = Tokenizer.parse(await read(name));
  for (const { text, ids, tokens, decoded } of encodings) {
    const encoding = tokenizer.encode(text);
    const named = encoding.ids.map((id) => tokenizer.idToToken(id));
    expect({ ids: encoding.ids, tokens: named }).toEqual({ ids, tokens });
    expect(tokenizer.decode(ids)).toBe(decoded);
  }
});

test("trains a tokenizer that reads back what it writes", () => {
  const config = {
    kind: "bpe",
    lowercase: false,
    normalize: "nfc",
    preTokenizer: "metaspace",
    minFrequency: 1,
    vocabSize: 60,
  } as const;
  const tokenizer = trainTokenizer(config, ["the red fox runs", "the red dog runs"]);
  const text = "the red fox and the dog runs";
  const { ids, offsets } = Tokenizer.parse(tokenizer.stringify()).encode(text);
  expect([...ids]).toEqual([...tokenizer.encode(text).ids]);
  expect(offsets.map(([start, end]) => text.slice(start, end)).join("")).toBe(text);
});
