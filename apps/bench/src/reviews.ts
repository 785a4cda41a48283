/** The text that tokenizers are measured on: film reviews in English, in files that the workers of all libraries read. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { type JsonObject, Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { type TokenizerConfigInput, tokenizerConfig } from "@cellstate/tokenizers/config";

/** Bytes of the texts to train on, and of those to encode, at least. */
const SIZE = 18_000_000;
/** Reviews that the vocabularies are trained on where training is not what is measured. */
const VOCABULARY_TEXTS = 4000;

/** The pattern of GPT-4, as tokenizer.json files have it. */
const GPT4_PATTERN = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** The tokenizers that are measured, by name: how they are trained, and what is put in the place of trained stages. */
export const LAYOUTS = {
  "byte-level BPE": { config: { kind: "bpe", vocabSize: 8000, preTokenizer: "byteLevel", normalize: "none" } },
  "byte-level BPE, pattern of GPT-4": {
    config: { kind: "bpe", vocabSize: 8000, preTokenizer: "byteLevel", normalize: "none" },
    stages: { pre_tokenizer: gpt4PreTokenizer() },
  },
  "BPE, metaspace": { config: { kind: "bpe", vocabSize: 8000, normalize: "none" } },
  WordPiece: {
    config: { kind: "wordpiece", vocabSize: 8000, lowercase: true, normalize: "none" },
    stages: { normalizer: bertNormalizer() },
  },
  Unigram: { config: { kind: "unigram", vocabSize: 8000, normalize: "none" } },
  words: { config: { kind: "word", preTokenizer: "whitespace", lowercase: true, normalize: "none", maxSize: 20_000 } },
} as const satisfies Readonly<Record<string, { config: TokenizerConfigInput; stages?: JsonObject }>>;
export type LayoutName = keyof typeof LAYOUTS;

export interface Reviews {
  /** Files of JSON: arrays of texts. */
  readonly train: string;
  /** Not one of the reviews that vocabularies are trained on. */
  readonly unseen: string;
  /** UTF-8 bytes of `unseen`. */
  readonly unseenBytes: number;
  /** The tokenizer.json of each layout. */
  readonly tokenizers: Readonly<Record<LayoutName, string>>;
}

let written: Reviews | string | undefined;

/** Writes the files once, into a temporary folder; a string says why there are none. */
export function writeReviews(env: NodeJS.ProcessEnv = process.env): Reviews | string {
  written ??=
    env.CELLSTATE_DATASETS === undefined ? "CELLSTATE_DATASETS is not set" : write(env.CELLSTATE_DATASETS, env);
  return written;
}

function write(datasets: string, env: NodeJS.ProcessEnv): Reviews | string {
  let texts: string[];
  try {
    const imdb = resolve(env.INIT_CWD ?? ".", datasets, "imdb");
    texts = [...readColumn(join(imdb, "train.tsv.gz")), ...readColumn(join(imdb, "test.tsv.gz"))];
  } catch (error) {
    return `no reviews in CELLSTATE_DATASETS (${(error as NodeJS.ErrnoException).code ?? error})`;
  }
  const folder = mkdtempSync(join(tmpdir(), "cellstate-bench-"));
  const put = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const train = firstOf(texts, SIZE);
  const unseen = firstOf(texts.toReversed(), SIZE);
  const vocabularyTexts = train.slice(0, VOCABULARY_TEXTS);
  const tokenizers = Object.entries(LAYOUTS).map(([name, layout]) => {
    const stages = "stages" in layout ? layout.stages : {};
    const trained = trainTokenizer(tokenizerConfig.parse(layout.config), vocabularyTexts).toJson();
    return [name, put(`${name}.json`, Tokenizer.fromJson({ ...trained, ...stages }).stringify())];
  });
  return {
    train: put("train-texts.json", JSON.stringify(train)),
    unseen: put("unseen-texts.json", JSON.stringify(unseen)),
    unseenBytes: sizeOf(unseen),
    tokenizers: Object.fromEntries(tokenizers) as Reviews["tokenizers"],
  };
}

/** The column `text`, the fourth one, of a file with one header line. */
function readColumn(path: string): string[] {
  const rows = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n").slice(1);
  return rows.map((row) => row.split("\t")[3]!);
}

/** So many of the texts from the start on that they have at least `size` bytes. */
function firstOf(texts: readonly string[], size: number): string[] {
  let total = 0;
  const end = texts.findIndex((text) => {
    total += Buffer.byteLength(text);
    return total >= size;
  });
  return texts.slice(0, end + 1);
}

function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function gpt4PreTokenizer(): JsonObject {
  return {
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: GPT4_PATTERN }, behavior: "Isolated", invert: false },
      { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  };
}

function bertNormalizer(): JsonObject {
  return {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  };
}
