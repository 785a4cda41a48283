/**
 * Files of which any one value is replaced or missing: each loads and works, or is refused by key path. Every stage of the
 * golden files takes its turn.
 */
import { readFileSync } from "node:fs";
import { Tokenizer, TokenizerError, TokenizerFormatError } from "@cellstate/tokenizers";
import { expect, test } from "vitest";

const read = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));

const MISSING = Symbol("missing");
const VALUES = [
  ...[MISSING, null, true, false, 0, -0, -1, 1, 1.5, 2 ** 31, 1e308, "", "x", "\ud800", "xy", "é▁", "0", "WordLevel"],
  ...[[], [null], ["a", "b"], [[]], {}, { type: "Sequence" }, { String: "" }, { Regex: "(" }, { Regex: "." }, { a: 0 }],
] as const;

const CHARACTERS = [..."▁abthe ĠÃ©<>0123456789xABCDEF|."];
const BPE = {
  ...{ type: "BPE", dropout: null, unk_token: "a", continuing_subword_prefix: null, end_of_word_suffix: null },
  ...{ fuse_unk: false, byte_fallback: true, ignore_merges: false },
  vocab: Object.fromEntries(["the", "th", ...CHARACTERS].map((token, id) => [token, id])),
  merges: [
    ["t", "h"],
    ["th", "e"],
  ],
};
const WORD_PIECE = {
  ...{ type: "WordPiece", unk_token: "a", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
  vocab: { a: 0, the: 1, "##s": 2 },
};
const UNIGRAM = {
  type: "Unigram",
  unk_id: 0,
  byte_fallback: false,
  vocab: [
    ["a", 0],
    ["the", -1.5],
  ],
};
const WORD_LEVEL = { type: "WordLevel", vocab: { a: 0, the: 1 }, unk_token: "a" };
const ADDED = { id: 0, content: "a", single_word: true, lstrip: false, rstrip: true, normalized: false, special: true };

const goldenStages = (key: string, stages: readonly { readonly json: unknown }[]) =>
  stages.map(({ json }) => ({ model: BPE, [key]: json }));

const FILES: readonly Record<string, unknown>[] = [
  ...[BPE, WORD_PIECE, UNIGRAM, WORD_LEVEL].map((model) => ({ version: "1.0", model })),
  ...goldenStages("normalizer", read("stages.json").normalizers),
  { model: UNIGRAM, normalizer: { type: "Precompiled", precompiled_charsmap: read("sentencepiece.json").charsmap } },
  ...goldenStages("pre_tokenizer", read("stages.json").preTokenizers),
  ...goldenStages("pre_tokenizer", read("golden.json").preTokenizers),
  ...goldenStages("post_processor", read("post-processors.json")),
  ...goldenStages("decoder", read("decoders.json")),
  { model: BPE, truncation: { direction: "Right", max_length: 4, strategy: "LongestFirst", stride: 1 } },
  { model: BPE, padding: read("encodings.json").paddings[0].padding },
  { model: WORD_LEVEL, added_tokens: [ADDED, { ...ADDED, id: 2, content: "new", normalized: true }] },
];

/** Where the values of a document are: the keys that lead to each. */
function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}

function replaced(document: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = Array.isArray(document) ? [...document] : { ...(document as Record<string, unknown>) };
  const inner = replaced(Reflect.get(copy, key), rest, value);
  if (inner !== MISSING) Reflect.set(copy, key, inner);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else Reflect.deleteProperty(copy, key);
  return copy;
}

function use(tokenizer: Tokenizer): void {
  const text = "The  théé a\u0301<s>\ud800, 12 😀\n";
  const { ids, columns } = tokenizer.encode(text, { addSpecialTokens: true });
  expect(Object.values(columns).every((column) => column.length === ids.length)).toBe(true);
  for (const [start, end] of columns.offsets) expect(0 <= start && start <= end && end <= text.length).toBe(true);
  tokenizer.encodeBatch([text, ["a", "the the"]]);
  tokenizer.decode(tokenizer.encode(text).ids);
  expect(Tokenizer.parse(tokenizer.stringify()).stringify()).toBe(tokenizer.stringify());
}

/** Errors of the package are what users see; any other comes out with what caused it. */
function attempt(document: unknown): void {
  let tokenizer: Tokenizer;
  try {
    tokenizer = Tokenizer.fromJson(document);
  } catch (error) {
    if (error instanceof TokenizerFormatError && error.message.startsWith("tokenizer.json")) return;
    throw error;
  }
  try {
    use(tokenizer);
  } catch (error) {
    if (!(error instanceof TokenizerError)) throw error;
  }
}

const titled = FILES.map((file) => {
  const [[stage = "", json] = []] = Object.entries(file).filter(([key]) => key !== "model" && key !== "version");
  return [`${stage === "" ? "model" : stage} ${JSON.stringify(json ?? file.model).slice(0, 100)}`, file] as const;
});

test.each(titled)("%s", (_, file) => {
  const document = structuredClone(file);
  for (const path of pathsOf(document)) {
    for (const value of VALUES) {
      const mutated = replaced(document, path, value);
      try {
        attempt(mutated === MISSING ? undefined : mutated);
      } catch (error) {
        throw new Error(`with ${JSON.stringify(value)} at ${path.join(".")}: ${String(error)}`, { cause: error });
      }
    }
  }
});
