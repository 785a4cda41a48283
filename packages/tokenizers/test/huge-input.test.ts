/** Huge texts and long lists of ids give results in linear time, or an error before memory runs out. */
import { TextTooLongError, Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { expect, test } from "vitest";

const MODEL = { type: "WordLevel", vocab: { a: 0, "<0xFF>": 1 }, unk_token: "a" };

test("a text of 100 MB is refused in words that say what to do", () => {
  const text = "the ".repeat(25_000_000);
  const tokenizer = Tokenizer.fromJson({ model: MODEL });
  expect(() => tokenizer.encode(text)).toThrow(TextTooLongError);
  expect(() => tokenizer.encode("a", { pair: text })).toThrow(
    "tokenizer: expected a text of at most 16777216 UTF-16 code units, also when normalized, got 100000000 or more; " +
      "take its lines or other parts one by one",
  );
  const config = {
    kind: "word",
    lowercase: false,
    normalize: "none",
    preTokenizer: "whitespace",
    minFrequency: 1,
  } as const;
  expect(() => trainTokenizer(config, [text])).toThrow(TextTooLongError);
});

test("a text that grows beyond bounds is stopped, though the file and the text are short", () => {
  const grow = { type: "Replace", pattern: { Regex: "x" }, content: "x".repeat(4096) };
  const tokenizer = Tokenizer.fromJson({
    model: MODEL,
    normalizer: { type: "Sequence", normalizers: [grow, grow, grow] },
  });
  expect(() => tokenizer.encode("x")).toThrow(TextTooLongError);
});

test("a million characters in one piece, or in a piece each, are encoded", () => {
  const text = "a".repeat(1_000_000);
  const cut = (preTokenizer: unknown) => Tokenizer.fromJson({ model: MODEL, pre_tokenizer: preTokenizer }).encode(text);
  expect(cut(null).offsets).toEqual([[0, 1_000_000]]);
  const { ids, offsets } = cut({ type: "FixedLength", length: 1 });
  expect([ids.length, offsets.at(-1)]).toEqual([1_000_000, [999_999, 1_000_000]]);
});

test("a million bytes that are no UTF-8 are decoded", () => {
  const tokenizer = Tokenizer.fromJson({ model: MODEL, decoder: { type: "ByteFallback" } });
  expect(tokenizer.decode(new Uint8Array(1_000_000).fill(1))).toBe("\ufffd".repeat(1_000_000));
});
