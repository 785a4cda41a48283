/** The parts of a tokenizer, and their form in a tokenizer.json. */
import { type AddedToken, addedTokenToJson, readAddedTokens } from "./added-tokens/added-tokens.ts";
import type { SpecialTokenNames } from "./added-tokens/special-tokens.ts";
import type { Decoder } from "./decoders/decoder.ts";
import { readDecoder } from "./decoders/read-decoder.ts";
import { type PaddingOptions, type PaddingToken, paddingToJson, readPadding } from "./encoding/padding.ts";
import { readTruncation, type TruncationOptions, truncationToJson } from "./encoding/truncation.ts";
import { TokenizerFormatError } from "./errors.ts";
import { nameForeignDocument } from "./files/foreign-files.ts";
import { asFields, checkDepth, type JsonObject, optional, refuseUnless } from "./json.ts";
import type { Model } from "./models/model.ts";
import { readModel } from "./models/read-model.ts";
import type { Normalizer } from "./normalizers/normalizer.ts";
import { readNormalizer } from "./normalizers/read-normalizer.ts";
import type { PostProcessor } from "./post-processors/post-processor.ts";
import { readPostProcessor } from "./post-processors/read-post-processor.ts";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer.ts";
import { readPreTokenizer } from "./pre-tokenizers/read-pre-tokenizer.ts";
import type { Segmenters } from "./pre-tokenizers/segmenter.ts";

/** The stages of a tokenizer. Stages are optional, except the model. */
export interface TokenizerParts {
  readonly normalizer?: Normalizer | undefined;
  readonly preTokenizer?: PreTokenizer | undefined;
  readonly model: Model;
  readonly postProcessor?: PostProcessor | undefined;
  /** Default: decoding joins tokens with spaces. */
  readonly decoder?: Decoder | undefined;
  readonly addedTokens?: readonly AddedToken[] | undefined;
  /**
   * The tokens of `padId`, `unkId`, `bosId` and `eosId`; a tokenizer.json does not keep them. Default: the well-known
   * names.
   */
  readonly specialTokens?: SpecialTokenNames | undefined;
  /** Applied by `encode` unless its options say otherwise. Default none. */
  readonly truncation?: TruncationOptions | undefined;
  /** Applied by `encode` unless its options say otherwise. Default none. */
  readonly padding?: PaddingOptions | undefined;
}

/** What a tokenizer.json does not keep. */
export interface ReadTokenizerOptions {
  /** The tokens of the file that have the special roles. Default: the well-known names. */
  readonly specialTokens?: SpecialTokenNames | undefined;
  /** The segmenters that the file names. Default none. */
  readonly segmenters?: Segmenters | undefined;
}

/**
 * Reads the parsed contents of a tokenizer.json.
 *
 * @throws {TokenizerFormatError} naming the key path, for anything malformed or not supported
 */
export function readTokenizerParts(
  value: unknown,
  { specialTokens, segmenters }: ReadTokenizerOptions,
): TokenizerParts {
  checkDepth(value);
  const fields = asFields(value, "");
  const foreign = nameForeignDocument(value);
  if (foreign !== undefined) throw new TokenizerFormatError("", "a tokenizer.json", foreign);
  refuseUnless(fields, "version", "", ["1.0"]);
  return {
    model: readModel(fields.get("model"), "model"),
    addedTokens: optional(fields, "added_tokens", "", readAddedTokens, []),
    normalizer: optional(fields, "normalizer", "", readNormalizer, undefined),
    preTokenizer: optional(
      fields,
      "pre_tokenizer",
      "",
      (preTokenizer, path) => readPreTokenizer(preTokenizer, path, segmenters),
      undefined,
    ),
    postProcessor: optional(fields, "post_processor", "", readPostProcessor, undefined),
    decoder: optional(fields, "decoder", "", readDecoder, undefined),
    truncation: optional(fields, "truncation", "", readTruncation, undefined),
    padding: optional(fields, "padding", "", readPadding, undefined),
    specialTokens,
  };
}

/** Parts whose padding names its token, as a file must. */
interface SavedParts extends TokenizerParts {
  readonly addedTokens: readonly AddedToken[];
  readonly padding: (PaddingOptions & PaddingToken) | undefined;
}

/** The value of tokenizer.json; keys are in a fixed order. */
export function tokenizerPartsToJson(parts: SavedParts): JsonObject {
  const { truncation, padding } = parts;
  return {
    version: "1.0",
    truncation: truncation === undefined ? null : truncationToJson(truncation),
    padding: padding === undefined ? null : paddingToJson(padding),
    added_tokens: parts.addedTokens.map(addedTokenToJson),
    normalizer: parts.normalizer?.toJson() ?? null,
    pre_tokenizer: parts.preTokenizer?.toJson() ?? null,
    post_processor: parts.postProcessor?.toJson() ?? null,
    decoder: parts.decoder?.toJson() ?? null,
    model: parts.model.toJson(),
  };
}
