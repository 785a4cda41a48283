/** Public names of the tokenizers package: train, encode, decode, tokenizer.json. */

// The tokenizer

export { type AddedToken, specialToken } from "./added-tokens/added-tokens.ts";
export {
  SPECIAL_ROLES,
  SPECIAL_TOKENS,
  type SpecialRole,
  type SpecialTokenNames,
} from "./added-tokens/special-tokens.ts";
export { Encoding, type EncodingColumns, type Offsets } from "./encoding/encoding.ts";
export type { PaddingOptions } from "./encoding/padding.ts";
export { charToToken, charToWord, wordToChars, wordToTokens } from "./encoding/token-lookup.ts";
export {
  DIRECTIONS,
  type Direction,
  TRUNCATION_STRATEGIES,
  type TruncationOptions,
  type TruncationStrategy,
} from "./encoding/truncation.ts";
export type { AddedTokenChoice } from "./pipeline-encoder.ts";
export {
  type DecodeOptions,
  type EncodeInput,
  type EncodeOptions,
  type EncodePairOptions,
  Tokenizer,
} from "./tokenizer.ts";
export type { ReadTokenizerOptions, TokenizerParts } from "./tokenizer-parts.ts";

// Training, and the configs that say what to train

export type {
  BpeTokenizerConfig,
  CharTokenizerConfig,
  FileTokenizerConfig,
  TokenizerConfig,
  TokenizerSection,
  UnigramTokenizerConfig,
  WordPieceTokenizerConfig,
  WordTokenizerConfig,
} from "./config.ts";
export type { TrainTokenizerConfig } from "./training/build-stages.ts";
export { type TrainTokenizerOptions, trainTokenizer, trainTokenizerAsync } from "./training/train-tokenizer.ts";
export type { TrainingPhase, TrainingProgress, TrainingWatch } from "./training/training-watch.ts";

// Tokenizers from files

export { type BertTokenizerOptions, bertTokenizer } from "./files/layouts/bert.ts";
export { type ByteLevelBpeFiles, byteLevelBpeTokenizer } from "./files/layouts/byte-level-bpe.ts";
export { kerasTokenizer } from "./files/layouts/keras.ts";
export {
  type TextVectorizationOptions,
  textVectorizationLines,
  textVectorizationTokenizer,
} from "./files/layouts/text-vectorization.ts";
export { findTokenizerFiles, openTokenizer, type ReadFile, type TokenizerFile } from "./files/open-tokenizer.ts";
export { readSentencePiece } from "./files/sentencepiece/read-model.ts";
export { readMergesTxt, writeMergesTxt } from "./models/bpe/merges-txt.ts";
export { readVocabTxt, writeVocabTxt } from "./models/word-piece/vocab-txt.ts";

// Models and their trainers

export { Vocabulary } from "./lookup/vocabulary.ts";
export { type BpeMerge, BpeModel, type BpeOptions } from "./models/bpe/model.ts";
export { type BpeTrainerOptions, type MergeTrainerOptions, trainBpe } from "./models/bpe/trainer.ts";
export type { Model, ModelToken } from "./models/model.ts";
export { SentencePieceModel, type SentencePieceOptions } from "./models/sentencepiece/model.ts";
export type { PieceType as SentencePieceType, SentencePiece } from "./models/sentencepiece/pieces.ts";
export type { SentencePieceAlgorithm } from "./models/sentencepiece/segmenter.ts";
export { type Segmentation, UnigramModel, type UnigramOptions } from "./models/unigram/model.ts";
export { trainUnigram, type UnigramTrainerOptions } from "./models/unigram/trainer.ts";
export { WordLevelModel } from "./models/word-level/model.ts";
export { trainWordLevel, type WordLevelTrainerOptions } from "./models/word-level/trainer.ts";
export { WordPieceModel, type WordPieceOptions } from "./models/word-piece/model.ts";
export { trainWordPiece, type WordPieceTrainerOptions } from "./models/word-piece/trainer.ts";

// Normalizers

export { BertNormalizer, type BertNormalizerOptions } from "./normalizers/bert.ts";
export { ByteLevelNormalizer } from "./normalizers/byte-level.ts";
export { LowercaseNormalizer } from "./normalizers/lowercase.ts";
export { NmtNormalizer } from "./normalizers/nmt.ts";
export type { Normalizer } from "./normalizers/normalizer.ts";
export { PrecompiledNormalizer } from "./normalizers/precompiled.ts";
export { PrependNormalizer } from "./normalizers/prepend.ts";
export { ReplaceNormalizer, type ReplaceOptions } from "./normalizers/replace.ts";
export { SentencePieceNormalizer, type SentencePieceNormalizerOptions } from "./normalizers/sentencepiece.ts";
export { NormalizerSequence } from "./normalizers/sequence.ts";
export { StripNormalizer, type StripOptions } from "./normalizers/strip.ts";
export { StripAccentsNormalizer } from "./normalizers/strip-accents.ts";
export { type UnicodeForm, UnicodeNormalizer } from "./normalizers/unicode-form.ts";

// Pre-tokenizers

export type { Pattern } from "./patterns/pattern.ts";
export { type ByteLevelOptions, ByteLevelPreTokenizer } from "./pre-tokenizers/byte-level.ts";
export { CharDelimiterSplitPreTokenizer } from "./pre-tokenizers/char-delimiter-split.ts";
export { DigitsPreTokenizer } from "./pre-tokenizers/digits.ts";
export { FixedLengthPreTokenizer } from "./pre-tokenizers/fixed-length.ts";
export { type MetaspaceOptions, MetaspacePreTokenizer, type PrependScheme } from "./pre-tokenizers/metaspace.ts";
export { applyPreTokenizer, type PreTokenizer, preTokenize } from "./pre-tokenizers/pre-tokenizer.ts";
export { PunctuationPreTokenizer } from "./pre-tokenizers/punctuation.ts";
export {
  type NamedSegmenter,
  SegmenterPreTokenizer,
  type Segmenters,
  type SegmentText,
} from "./pre-tokenizers/segmenter.ts";
export { PreTokenizerSequence } from "./pre-tokenizers/sequence.ts";
export {
  ANY_CODE_POINT,
  ANY_GRAPHEME,
  type SplitOptions,
  SplitPreTokenizer,
} from "./pre-tokenizers/split.ts";
export type { SplitBehavior } from "./pre-tokenizers/split-by.ts";
export { UnicodeScriptsPreTokenizer } from "./pre-tokenizers/unicode-scripts.ts";
export {
  BertPreTokenizer,
  WhitespacePreTokenizer,
  WhitespaceSplitPreTokenizer,
} from "./pre-tokenizers/whitespace.ts";

// Post-processors

export { BertProcessor, type BertProcessorOptions } from "./post-processors/bert.ts";
export { ByteLevelProcessor } from "./post-processors/byte-level.ts";
export type { PostProcessor } from "./post-processors/post-processor.ts";
export { RobertaProcessor, type RobertaProcessorOptions } from "./post-processors/roberta.ts";
export { PostProcessorSequence } from "./post-processors/sequence.ts";
export {
  type TemplateOptions,
  type TemplatePiece,
  TemplateProcessor,
  type TemplateToken,
} from "./post-processors/template.ts";
export { parseTemplate } from "./post-processors/template-text.ts";
export type { WrappingToken } from "./post-processors/wrapping-token.ts";

// Decoders

export { BpeDecoder } from "./decoders/bpe.ts";
export { ByteFallbackDecoder } from "./decoders/byte-fallback.ts";
export { ByteLevelDecoder } from "./decoders/byte-level.ts";
export { CtcDecoder, type CtcDecoderOptions } from "./decoders/ctc.ts";
export type { Decoder } from "./decoders/decoder.ts";
export { FuseDecoder } from "./decoders/fuse.ts";
export { MetaspaceDecoder } from "./decoders/metaspace.ts";
export { ReplaceDecoder } from "./decoders/replace.ts";
export { SentencePieceDecoder, type SentencePieceDecoderOptions } from "./decoders/sentencepiece.ts";
export { DecoderSequence } from "./decoders/sequence.ts";
export { StripDecoder, type StripDecoderOptions } from "./decoders/strip.ts";
export { WordPieceDecoder, type WordPieceDecoderOptions } from "./decoders/word-piece.ts";

// For stages of one's own

export type { JsonObject, JsonValue } from "./json.ts";
export { AlignedText, AlignedTextBuilder } from "./text/aligned-text.ts";
export { Alignment } from "./text/alignment.ts";
export { BYTE_CHARACTERS } from "./text/byte-characters.ts";
export { cutEach, onePiece, type Pieces, type RangeCutter, rewriteEach, separate } from "./text/pieces.ts";

// Errors

export {
  ForeignFileError,
  MissingSpecialTokenError,
  PaddingError,
  PatternError,
  SegmenterError,
  SentencePieceFormatError,
  TextTooLongError,
  TokenizerError,
  TokenizerFileError,
  TokenizerFormatError,
  TokenizerNotFoundError,
  TrainingError,
  TruncationError,
  UnknownIdError,
  UnknownTokenError,
  UnsupportedRuntimeError,
  VocabularyFileError,
} from "./errors.ts";
