/** Pairs, truncation, padding and added tokens against golden values, see golden/make_encodings.py. */
import { readFileSync } from "node:fs";
import {
  type EncodeInput,
  type Encoding,
  type EncodingColumns,
  Tokenizer,
  type TruncationOptions,
} from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

type GoldenEncoding = Partial<EncodingColumns> & {
  readonly ids: readonly number[];
  readonly overflowing: readonly GoldenEncoding[];
};

interface Golden {
  readonly truncations: readonly {
    readonly texts: readonly [string, string?];
    readonly json: { readonly max_length: number; readonly strategy: string };
    readonly postProcessor: unknown;
    readonly encoding: GoldenEncoding;
  }[];
  readonly paddings: readonly {
    readonly padding: unknown;
    readonly truncation: unknown;
    readonly postProcessor: unknown;
    readonly texts: readonly (readonly [string, string?])[];
    readonly encodings: readonly GoldenEncoding[];
    readonly alone: GoldenEncoding;
  }[];
  readonly addedTokens: {
    readonly tokenizer: unknown;
    readonly encodings: readonly { readonly text: string; readonly encoding: GoldenEncoding }[];
  };
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));
const golden: Golden = read("encodings.json");
const file = read("hf-byte-level.tokenizer.json");

function expectEncoding(ours: Encoding, theirs: GoldenEncoding): void {
  const { ids, overflowing, ...columns } = theirs;
  expect(ours.ids).toEqual(ids);
  expect(ours.columns).toMatchObject(columns);
  expect(ours.overflowing).toHaveLength(overflowing.length);
  for (const [index, part] of overflowing.entries()) expectEncoding(ours.overflowing[index] ?? ours, part);
}

const titled = golden.truncations.map((each) => [JSON.stringify({ ...each.json, texts: each.texts }), each] as const);

test.each(titled)("truncates %s", (_, { texts: [text, pair], json, postProcessor, encoding }) => {
  const tokenizer = Tokenizer.fromJson({ ...file, truncation: json, post_processor: postProcessor });
  expectEncoding(tokenizer.encode(text, { ...(pair === undefined ? {} : { pair }), addSpecialTokens: true }), encoding);
  expect(tokenizer.toJson().truncation).toEqual(json);
});

describe.each(golden.paddings.map((each) => [JSON.stringify(each.padding), each] as const))("padding %s", (_, each) => {
  const { padding, truncation, postProcessor, texts, encodings, alone } = each;
  const tokenizer = Tokenizer.fromJson({ ...file, padding, truncation, post_processor: postProcessor });

  test("pads a batch", () => {
    const inputs = texts.map(([text, pair]): EncodeInput => (pair === undefined ? text : [text, pair]));
    const ours = tokenizer.encodeBatch(inputs, { addSpecialTokens: true });
    for (const [index, encoding] of encodings.entries()) expectEncoding(ours[index] ?? tokenizer.encode(""), encoding);
  });

  test("pads a text alone", () => {
    expectEncoding(tokenizer.encode("x", { addSpecialTokens: true }), alone);
  });

  test("is written as it was read, and can be left out of a call", () => {
    expect(tokenizer.toJson().padding).toEqual(padding);
    expect(tokenizer.encode("x", { padding: null }).length).toBe(1);
  });
});

describe("added tokens", () => {
  const tokenizer = Tokenizer.fromJson(golden.addedTokens.tokenizer);

  test.each(golden.addedTokens.encodings)("are found in $text", ({ text, encoding }) => {
    expectEncoding(tokenizer.encode(text), encoding);
  });
});

describe("options of a call", () => {
  const tokenizer = Tokenizer.fromJson(file);

  test("truncation keeps what it cuts off", () => {
    const { ids } = tokenizer.encode("one two three");
    const encoding = tokenizer.encode("one two three", { truncation: { maxLength: 4, stride: 1 } });
    expect(encoding.ids).toEqual(ids.slice(0, 4));
    expect(encoding.overflowing[0]?.ids).toEqual(ids.slice(3, 7));
  });

  test("padding takes the token that it is given, or needs the tokenizer's", () => {
    const [short, long] = tokenizer.encodeBatch(["a", "a b c"], { padding: { padId: 0 } });
    expect(short?.length).toBe(long?.length);
    expect(short?.tokens.at(-1)).toBe("<|endoftext|>");
    expect(() => tokenizer.encode("a", { padding: {} })).toThrow("has no pad token");
  });

  test.each([
    [{ maxLength: -1 }, "truncation: expected maxLength to be an integer of at least 0"],
    [{ maxLength: 2, stride: 2 }, "truncation: expected stride from 0 to 1, below the tokens that remain, got 2"],
    [{ maxLength: 2, strategy: "onlySecond" }, "truncation: expected a pair of texts for onlySecond, got one text"],
  ] as const)("truncation %j is refused", (truncation, message) => {
    expect(() => tokenizer.encode("one two three", { truncation })).toThrow(message);
  });

  test("truncation of one text that is too short for it is refused", () => {
    const truncation = { maxLength: 3, strategy: "onlyFirst" } as const;
    expect(() => tokenizer.encode("a", { pair: "one two three four", truncation })).toThrow(
      /truncation: expected more than \d+ tokens to cut off by onlyFirst, got 1; use longestFirst or a larger maxLength/,
    );
  });

  test.each([
    [{ length: 1.5 }, 'padding: expected length to be "longest" or an integer of at least 0, got 1.5'],
    [{ padToMultipleOf: 0 }, "padding: expected padToMultipleOf to be an integer of at least 1, got 0"],
  ])("padding %j is refused", (padding, message) => {
    expect(() => tokenizer.encode("a", { padding: { padId: 0, ...padding } })).toThrow(message);
  });
});

describe("truncation that stops early", () => {
  const tokenizer = Tokenizer.fromJson({
    model: { type: "WordLevel", vocab: { a: 0, b: 1, c: 2, "<x>": 3 }, unk_token: "a" },
    added_tokens: [{ id: 3, content: "<x>", special: true }],
    pre_tokenizer: { type: "Whitespace" },
  });
  const ids = (text: string, truncation: TruncationOptions) => {
    const encoding = tokenizer.encode(text, { truncation: { stopEarly: true, ...truncation } });
    return [encoding.ids, encoding.overflowing.map((part) => part.ids)];
  };

  test("lets no piece overflow with which the length is reached", () => {
    expect(ids("a b c a", { maxLength: 2 })).toEqual([[0, 1], []]);
    expect(ids("a b c a", { maxLength: 2, direction: "left" })).toEqual([[2, 0], []]);
  });

  test("goes on behind added tokens", () => {
    expect(ids("a<x>b c", { maxLength: 2 })).toEqual([[0, 3], [[1]]]);
    expect(ids("a b<x>c", { maxLength: 2, direction: "left" })).toEqual([[3, 2], [[1]]]);
  });

  test("counts word ids from what is left", () => {
    const truncation = { maxLength: 2, direction: "left", stopEarly: true } as const;
    expect(tokenizer.encode("a b c a", { truncation }).wordIds).toEqual([0, 1]);
    expect(tokenizer.encode("a b c a", { truncation: { ...truncation, stopEarly: false } }).wordIds).toEqual([2, 3]);
  });

  test("leaves the first of a pair alone where only the second is to be cut", () => {
    expect(() => ids("a b c", { maxLength: 2, strategy: "onlySecond" })).toThrow("expected a pair of texts");
  });
});
