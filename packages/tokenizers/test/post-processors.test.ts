/** Post-processors against Hugging Face's; golden/make_post_processors.py made the values. */
import { readFileSync } from "node:fs";
import { type EncodingColumns, Tokenizer } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readPostProcessor } from "../src/post-processors/read-post-processor.ts";

interface GoldenProcessor {
  readonly json: { readonly type: string };
  readonly addedTokens: readonly [single: number, pair: number];
  readonly results: readonly {
    readonly texts: readonly [string, string?];
    readonly addSpecialTokens: boolean;
    readonly encoding: EncodingColumns & { readonly ids: readonly number[] };
  }[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));
const golden: readonly GoldenProcessor[] = read("post-processors.json");
const file = read("hf-byte-level.tokenizer.json");

describe.each(golden.map((each) => [JSON.stringify(each.json), each] as const))("post-processor %s", (_, each) => {
  const { json, addedTokens, results } = each;
  const tokenizer = Tokenizer.fromJson({ ...file, post_processor: json });

  test.each(results)("of $texts, special tokens $addSpecialTokens", ({ texts, addSpecialTokens, encoding }) => {
    const [text, pair] = texts;
    const ours = tokenizer.encode(text, { ...(pair === undefined ? {} : { pair }), addSpecialTokens });
    expect({ ids: ours.ids, ...ours.columns }).toEqual(encoding);
  });

  test("says how many tokens it adds, and is written as it was read", () => {
    const processor = readPostProcessor(json, "post_processor");
    expect([processor.addedTokens(false), processor.addedTokens(true)]).toEqual(addedTokens);
    expect(processor.toJson()).toEqual(json);
  });
});

test.each([
  [{ type: "Bert" }, "post_processor.type: expected one of TemplateProcessing, ByteLevel, BertProcessing"],
  [{ type: "BertProcessing", sep: ["[SEP]"] }, "post_processor.sep: expected a token and its id, got an array of 1"],
  [{ type: "BertProcessing", sep: ["[SEP]", "2"] }, "post_processor.sep[1]: expected an integer from 0"],
  [{ type: "RobertaProcessing", sep: ["</s>", 2] }, "post_processor.cls: expected an array, got nothing"],
  [{ type: "Sequence", processors: [{}] }, "post_processor.processors[0].type: expected one of"],
])("%j is refused with its key path", (json, message) => {
  expect(() => readPostProcessor(json, "post_processor")).toThrow(message);
});

test("without special tokens, Roberta leaves the types of what overflowed as they are", () => {
  const tokenizer = Tokenizer.fromJson({
    ...file,
    post_processor: { type: "RobertaProcessing", sep: ["</s>", 2], cls: ["<s>", 0] },
  });
  const { typeIds, overflowing } = tokenizer.encode("ab", { pair: "abcdef", truncation: { maxLength: 4 } });
  expect(typeIds).toEqual([0, 0, 0, 0]);
  expect(overflowing.map((part) => part.typeIds)).toEqual([
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ]);
});

/** What Hugging Face's tokenizers 0.23.2 gives: characters that were removed are not counted. */
test.each([
  [" \u0301 ", [2, 2]],
  ["  \u0301\u0301\u0301 ", [3, 3]],
  [" \u0301\u0301\u0301 ", [2, 3]],
])("of white space alone as much is trimmed as is left in %j", (text, range) => {
  const tokenizer = Tokenizer.fromJson({
    model: { type: "WordLevel", vocab: { "<unk>": 0, "  ": 1, "   ": 2 }, unk_token: "<unk>" },
    normalizer: { type: "StripAccents" },
    post_processor: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
  });
  expect(tokenizer.encode(text).offsets).toEqual([range]);
});
