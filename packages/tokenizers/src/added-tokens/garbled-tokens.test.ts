import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tokenizerConfig } from "../config.ts";
import { Tokenizer } from "../tokenizer.ts";
import { trainTokenizer } from "../training/train-tokenizer.ts";

beforeEach(() => vi.spyOn(console, "warn").mockImplementation(() => {}));
afterEach(() => vi.restoreAllMocks());

const warnings = () => vi.mocked(console.warn).mock.calls.map(([message]) => message);
const train = (addedTokens: readonly string[], preTokenizer = "byteLevel") =>
  trainTokenizer(tokenizerConfig.parse({ kind: "bpe", vocabSize: 300, preTokenizer, addedTokens }), ["a b"]);

test("a trained token with letters that ByteLevel takes for bytes is warned of, once", () => {
  const tokenizer = train(["Café", "plain", "中"]);
  expect(tokenizer.decode(tokenizer.encode("Café").ids)).toBe("Caf\ufffd");
  expect(tokenizer.decode(tokenizer.encode("中").ids)).toBe("中");
  train(["Café"]);
  expect(warnings()).toEqual([
    'tokenizer: the added token "Café" decodes to "Caf\ufffd", because ByteLevel takes some of its letters for bytes, here as in ' +
      "Hugging Face's library; write it with letters of ASCII",
  ]);
});

test("so is one that is added, also if its bytes make up other letters", () => {
  const tokenizer = train([]).withSpecialTokens({ unk: "Ã©Ġ" });
  const id = tokenizer.tokenToId("Ã©Ġ") ?? -1;
  expect(tokenizer.decode([id], { skipSpecialTokens: false })).toBe("é ");
  expect(warnings()).toHaveLength(1);
  expect(warnings()[0]).toContain('the added token "Ã©Ġ" decodes to "é "');
});

test("nothing is said of other decoders, or of a file that is read", () => {
  train(["Père"], "metaspace");
  Tokenizer.parse(train(["Übung"]).stringify());
  expect(warnings()).toHaveLength(1);
  expect(warnings()[0]).toContain("Übung");
});
