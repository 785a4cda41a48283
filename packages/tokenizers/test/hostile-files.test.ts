/** Files that were made to do harm are refused by key path, or are harmless. */
import { PaddingError, Tokenizer, TokenizerFormatError, TruncationError } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

const WORD_LEVEL = { type: "WordLevel", vocab: { a: 0, b: 1 }, unk_token: "a" };

/** The text of a file with these parts beside a small model. */
const fileWith = (parts: Record<string, unknown>) => JSON.stringify({ model: WORD_LEVEL, ...parts });
const parseWith = (parts: Record<string, unknown>) => Tokenizer.parse(fileWith(parts));

describe("nesting", () => {
  const nested = (key: string, list: string, leaf: string, depth: number) =>
    `{"model":${JSON.stringify(WORD_LEVEL)},"${key}":${`{"type":"Sequence","${list}":[`.repeat(depth)}${leaf}${"]}".repeat(depth)}}`;

  const stages = [
    ["normalizer", "normalizers", '{"type":"Lowercase"}'],
    ["pre_tokenizer", "pretokenizers", '{"type":"Whitespace"}'],
    ["post_processor", "processors", '{"type":"ByteLevel"}'],
    ["decoder", "decoders", '{"type":"Fuse"}'],
  ] as const;

  test.each(stages)("of 100,000 sequences in %s is refused", (key, list, leaf) => {
    const parse = () => Tokenizer.parse(nested(key, list, leaf, 100_000));
    expect(parse).toThrow(TokenizerFormatError);
    expect(parse).toThrow(`tokenizer.json at ${key}: expected at most 128 nested levels, got more`);
  });

  test.each(stages)("of 60 sequences in %s works", (key, list, leaf) => {
    const tokenizer = Tokenizer.parse(nested(key, list, leaf, 60));
    expect(tokenizer.decode(tokenizer.encode("a").ids)).toBe("a");
    expect(Tokenizer.parse(tokenizer.stringify()).stringify()).toBe(tokenizer.stringify());
  });

  test("of anything else is refused, too", () => {
    const parse = () => Tokenizer.parse(`{"x":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`);
    expect(parse).toThrow("at x: expected at most 128 nested levels");
    const model = (key: string) => () =>
      Tokenizer.parse(`{"model":{"type":"BPE","${key}":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}}`);
    expect(model("x")).toThrow("at model: expected at most 128 nested levels");
    expect(model("vocab")).toThrow("at model.vocab: expected an object, got an array of 1");
  });
});

describe("text that is not JSON", () => {
  test("no text at all", () => {
    const parse = () => Tokenizer.parse(JSON.parse("null")); // as a program without types may do
    expect(parse).toThrow(TokenizerFormatError);
    expect(parse).toThrow("expected the text of a JSON document (fromJson takes its parsed value), got null");
  });

  test.each([
    ["an empty file", "", "tokenizer.json: expected JSON, got an empty text"],
    ["a cut file", '{"model":', "tokenizer.json: expected JSON, got Unexpected end of JSON input"],
    ["UTF-16", [..."{}"].join("\0"), "expected JSON, got what looks like UTF-16; save the file as UTF-8"],
  ])("%s", (_, text, message) => {
    expect(() => Tokenizer.parse(text)).toThrow(TokenizerFormatError);
    expect(() => Tokenizer.parse(text)).toThrow(message);
  });

  test("a byte order mark before the text does not count", () => {
    expect(Tokenizer.parse(`\ufeff${fileWith({})}`).vocabSize).toBe(2);
  });
});

test("names of JavaScript's own properties are tokens like any other", () => {
  const model = '{"type":"WordLevel","vocab":{"__proto__":0,"constructor":1,"toString":2},"unk_token":"__proto__"}';
  const text = `{"__proto__":{"model":null},"model":${model},"pre_tokenizer":{"type":"WhitespaceSplit"}}`;
  const tokenizer = Tokenizer.parse(Tokenizer.parse(text).stringify());
  expect(tokenizer.encode("toString constructor valueOf __proto__").ids).toEqual([2, 1, 0, 0]);
  expect(tokenizer.tokenToId("hasOwnProperty")).toBeUndefined();
  expect(() => parseWith({ normalizer: { type: "constructor" } })).toThrow("at normalizer.type: expected one of NFC");
});

describe("numbers out of all proportion", () => {
  test.each(["1e308", "1e999", "9007199254740993", "4e9", "1.5", "-1"])("the id %s is refused", (id) => {
    const text = `{"model":{"type":"WordLevel","vocab":{"a":${id}}}}`;
    expect(() => Tokenizer.parse(text)).toThrow("at model.vocab.a: expected an integer from 0 to 2147483647, got");
  });

  test.each([
    ["length", { strategy: { Fixed: 2_000_000_000 } }, 2_000_000_000],
    ["multiple", { strategy: "BatchLongest", pad_to_multiple_of: 100_000_000 }, 100_000_000],
  ])("padding to a huge %s is an error when it is done", (_, padding, length) => {
    const tokenizer = parseWith({ padding });
    expect(() => tokenizer.encode("a")).toThrow(PaddingError);
    expect(() => tokenizer.encode("a")).toThrow(
      `padding: expected a length of at most 16777216 tokens to pad to, got ${length}`,
    );
    expect(tokenizer.encode("a", { padding: null }).ids).toEqual([0]);
  });

  test("windows that overlap too often are an error", () => {
    const truncation = { maxLength: 50_000, stride: 49_999 };
    const tokenizer = parseWith({ pre_tokenizer: { type: "Whitespace" } });
    const encode = () => tokenizer.encode("a ".repeat(100_000), { truncation });
    expect(encode).toThrow(TruncationError);
    expect(encode).toThrow("expected parts of at most 67108864 tokens in all, got 100000 of up to 50000 tokens");
  });

  test("so are windows of a pair, each with each", () => {
    const tokenizer = parseWith({ pre_tokenizer: { type: "Whitespace" } });
    const text = "a ".repeat(20_000);
    expect(() => tokenizer.encode(text, { pair: text, truncation: { maxLength: 2 } })).toThrow(
      "use a smaller stride or encode shorter texts",
    );
  });

  test("other lengths beyond the text do nothing", () => {
    const tokenizer = parseWith({
      pre_tokenizer: { type: "FixedLength", length: 2_147_483_647 },
      decoder: { type: "Strip", content: "b", start: 2_147_483_647, stop: 2_147_483_647 },
      truncation: { max_length: 2_147_483_647, stride: 2_147_483_646 },
    });
    expect(tokenizer.encode("b").ids).toEqual([1]);
    expect(tokenizer.decode([0, 1])).toBe("a");
  });
});

test("a template of a million tokens takes linear time", () => {
  const piece = { SpecialToken: { id: "x", type_id: 0 } };
  const tokenizer = parseWith({
    post_processor: {
      type: "TemplateProcessing",
      single: new Array(500_000).fill(piece),
      special_tokens: { x: { id: "x", ids: [0, 1], tokens: ["a", "b"] } },
    },
  });
  const { ids, tokens } = tokenizer.encode("", { addSpecialTokens: true });
  expect([ids.length, ids.at(-1), tokens.at(-1)]).toEqual([1_000_000, 1, "b"]);
});
