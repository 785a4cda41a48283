/** Builds the stages around a model from a config, which gives them by short names or one by one. */

import type { NormalizerStage } from "../config/normalizers.ts";
import type { PreTokenizerName, PreTokenizerStage } from "../config/pre-tokenizers.ts";
import { sequenceToJson, stageToJson } from "../config/stage-json.ts";
import type { TokenizerConfigInput } from "../config.ts";
import { BpeDecoder } from "../decoders/bpe.ts";
import { ByteFallbackDecoder } from "../decoders/byte-fallback.ts";
import { ByteLevelDecoder } from "../decoders/byte-level.ts";
import type { Decoder } from "../decoders/decoder.ts";
import { FuseDecoder } from "../decoders/fuse.ts";
import { readDecoder } from "../decoders/read-decoder.ts";
import { DecoderSequence } from "../decoders/sequence.ts";
import { WordPieceDecoder } from "../decoders/word-piece.ts";
import type { Normalizer } from "../normalizers/normalizer.ts";
import { readNormalizer } from "../normalizers/read-normalizer.ts";
import type { PreTokenizer } from "../pre-tokenizers/pre-tokenizer.ts";
import { readPreTokenizer } from "../pre-tokenizers/read-pre-tokenizer.ts";
import type { NamedSegmenter } from "../pre-tokenizers/segmenter.ts";
import { ANY_CODE_POINT, ANY_GRAPHEME } from "../pre-tokenizers/split.ts";

/** Options whose only default is in the schema. */
type Needed<Config> = Extract<
  keyof Config,
  "kind" | "unit" | "lowercase" | "normalize" | "minFrequency" | "vocabSize" | PreTokenizerKey<Config>
>;

/** Optional for characters. */
type PreTokenizerKey<Config> = Config extends { kind: "char" } ? never : "preTokenizer";

type WithDefaults<Config> = Config extends unknown
  ? Omit<Config, Needed<Config>> & { readonly [Key in Needed<Config>]-?: Exclude<Config[Key], undefined> }
  : never;

/** The output of `tokenizerConfig`; a config written by hand needs fewer keys. */
export type TrainTokenizerConfig = WithDefaults<TokenizerConfigInput>;

export function buildNormalizer({ normalize, lowercase, normalizer }: TrainTokenizerConfig): Normalizer | undefined {
  const stages: NormalizerStage[] = normalizer === undefined ? unicodeForm(normalize) : [normalizer].flat();
  if (lowercase) stages.push({ type: "Lowercase" });
  return stages.length === 0
    ? undefined
    : readNormalizer(sequenceToJson(stages.map(stageToJson), "normalizers"), "normalizer");
}

function unicodeForm(form: TrainTokenizerConfig["normalize"]): NormalizerStage[] {
  return form === "none" ? [] : [{ type: form === "nfc" ? "NFC" : "NFKC" }];
}

/** @param segmenter replaces the dictionary of the runtime. Default none */
export function buildPreTokenizer(config: TrainTokenizerConfig, segmenter?: NamedSegmenter): PreTokenizer {
  const stages = preTokenizerStages(config).map((stage) =>
    segmenter !== undefined && stage.type === "Segmenter"
      ? { type: "Segmenter", name: segmenter.name }
      : stageToJson(stage),
  );
  const segmenters = segmenter === undefined ? {} : { [segmenter.name]: segmenter.segment };
  return readPreTokenizer(sequenceToJson(stages, "pretokenizers"), "pre_tokenizer", segmenters);
}

function preTokenizerStages(config: TrainTokenizerConfig): readonly PreTokenizerStage[] {
  const { preTokenizer } = config;
  const stages = typeof preTokenizer === "string" ? NAMED_STAGES[preTokenizer] : [preTokenizer ?? []].flat();
  if (config.kind !== "char") return stages;
  return [
    ...stages,
    { type: "Split", pattern: { regex: config.unit === "codePoint" ? ANY_CODE_POINT : ANY_GRAPHEME } },
  ];
}

const NAMED_STAGES: Readonly<Record<PreTokenizerName, readonly PreTokenizerStage[]>> = {
  whitespace: [{ type: "Whitespace" }],
  metaspace: [{ type: "Metaspace" }, { type: "Punctuation" }],
  // No space is put before a text: in Chinese it would give the first word of a sentence a second form.
  segmenter: [{ type: "Metaspace", prependScheme: "never" }, { type: "Segmenter" }],
  byteLevel: [{ type: "ByteLevel", addPrefixSpace: false }],
  bert: [{ type: "BertPreTokenizer" }],
};

/** True if pieces are replaced with the characters of their bytes. */
export function isByteLevel(config: TrainTokenizerConfig): boolean {
  return preTokenizerStages(config).some(({ type }) => type === "ByteLevel");
}

/** The decoder that a config names, or else the one that undoes its other stages. */
export function buildDecoder(config: TrainTokenizerConfig): Decoder | undefined {
  if (config.decoder !== undefined) {
    return readDecoder(sequenceToJson([config.decoder].flat().map(stageToJson), "decoders"), "decoder");
  }
  const joining = joiningDecoder(config);
  if (!("byteFallback" in config) || config.byteFallback !== true) return joining;
  return new DecoderSequence([
    ...(joining === undefined ? [] : [joining]),
    new ByteFallbackDecoder(),
    new FuseDecoder(),
  ]);
}

/** Undefined where tokens are words that spaces join. */
function joiningDecoder(config: TrainTokenizerConfig): Decoder | undefined {
  if (config.kind === "char") return new FuseDecoder();
  if (config.kind === "wordpiece") {
    return new WordPieceDecoder({
      prefix: config.continuingSubwordPrefix ?? "##",
      cleanup: config.cleanup ?? true,
    });
  }
  if (config.kind === "bpe" && config.endOfWordSuffix !== undefined) return new BpeDecoder(config.endOfWordSuffix);
  const stages = preTokenizerStages(config);
  if (stages.some(({ type }) => type === "ByteLevel")) return new ByteLevelDecoder();
  const metaspace = stages.find((stage) => stage.type === "Metaspace");
  if (metaspace !== undefined) return readDecoder(stageToJson(metaspace), "decoder");
  if (config.kind !== "bpe" || config.continuingSubwordPrefix === undefined) return undefined;
  return new WordPieceDecoder({ prefix: config.continuingSubwordPrefix, cleanup: false });
}
