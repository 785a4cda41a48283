/** The closed list of decoders, read from the `decoder` value of tokenizer.json. */
import { asArray, asBoolean, asCharacter, asFields, asId, asString, asType, child, optional } from "../json.ts";
import { readPattern } from "../patterns/pattern.ts";
import { readByteLevelOptions } from "../pre-tokenizers/byte-level.ts";
import { readMetaspaceOptions } from "../pre-tokenizers/read-pre-tokenizer.ts";
import { BpeDecoder } from "./bpe.ts";
import { ByteFallbackDecoder } from "./byte-fallback.ts";
import { ByteLevelDecoder } from "./byte-level.ts";
import { CtcDecoder } from "./ctc.ts";
import type { Decoder } from "./decoder.ts";
import { FuseDecoder } from "./fuse.ts";
import { MetaspaceDecoder } from "./metaspace.ts";
import { ReplaceDecoder } from "./replace.ts";
import { SentencePieceDecoder } from "./sentencepiece.ts";
import { DecoderSequence } from "./sequence.ts";
import { StripDecoder } from "./strip.ts";
import { WordPieceDecoder } from "./word-piece.ts";

/** @internal What `type` may be in configs and files. */
export const DECODER_TYPES = [
  "Fuse",
  "Metaspace",
  "ByteLevel",
  "WordPiece",
  "BPEDecoder",
  "ByteFallback",
  "Strip",
  "Replace",
  "CTC",
  "Sequence",
] as const;

/** That of a SentencePiece model goes with a model that no config describes. */
const TYPES = [...DECODER_TYPES, "SentencePiece"] as const;

/** Without `type`, as in older files, Hugging Face's library knows these, in this order. */
const SHAPES = [
  ["BPEDecoder", "suffix"],
  ["WordPiece", "prefix", "cleanup"],
  ["CTC", "pad_token", "word_delimiter_token", "cleanup"],
  ["Replace", "pattern", "content"],
  ["Strip", "content", "start", "stop"],
] as const;

/** @throws {TokenizerFormatError} naming the key path, for an unknown type or option */
export function readDecoder(value: unknown, path: string): Decoder {
  const fields = asFields(value, path);
  const type = asType(fields, TYPES, SHAPES, path);
  switch (type) {
    case "Fuse":
      return new FuseDecoder();
    case "Metaspace":
      return new MetaspaceDecoder(readMetaspaceOptions(fields, path));
    case "ByteLevel":
      return new ByteLevelDecoder(readByteLevelOptions(fields, path));
    case "WordPiece":
      return new WordPieceDecoder({
        prefix: optional(fields, "prefix", path, asString, "##"),
        cleanup: optional(fields, "cleanup", path, asBoolean, true),
      });
    case "BPEDecoder":
      return new BpeDecoder(optional(fields, "suffix", path, asString, "</w>"));
    case "ByteFallback":
      return new ByteFallbackDecoder();
    case "Strip":
      return new StripDecoder({
        content: asCharacter(fields.get("content"), child(path, "content")),
        start: asId(fields.get("start"), child(path, "start")),
        stop: asId(fields.get("stop"), child(path, "stop")),
      });
    case "Replace": {
      const pattern = readPattern(fields.get("pattern"), child(path, "pattern"));
      return new ReplaceDecoder(pattern, asString(fields.get("content"), child(path, "content")));
    }
    case "CTC":
      return new CtcDecoder({
        padToken: optional(fields, "pad_token", path, asString, "<pad>"),
        wordDelimiterToken: optional(fields, "word_delimiter_token", path, asString, "|"),
        cleanup: optional(fields, "cleanup", path, asBoolean, true),
      });
    case "Sequence": {
      const at = child(path, "decoders");
      const items = asArray(fields.get("decoders"), at);
      return new DecoderSequence(items.map((item, index) => readDecoder(item, child(at, index))));
    }
    case "SentencePiece":
      return SentencePieceDecoder.fromFields(fields, path);
    default:
      return type satisfies never;
  }
}
