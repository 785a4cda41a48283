/** Hands a config's options to the trainer of its kind. */

import { trainBpe } from "../models/bpe/trainer.ts";
import { BYTE_TOKENS } from "../models/byte-tokens.ts";
import type { Model } from "../models/model.ts";
import { trainUnigram } from "../models/unigram/trainer.ts";
import { trainWordLevel } from "../models/word-level/trainer.ts";
import { trainWordPiece } from "../models/word-piece/trainer.ts";
import { BYTE_CHARACTERS } from "../text/byte-characters.ts";
import { isByteLevel, type TrainTokenizerConfig } from "./build-stages.ts";
import type { TrainingWatch } from "./training-watch.ts";

interface TrainModelOptions extends TrainingWatch {
  /** Tokens that get the first ids, in this order. */
  readonly specialTokens: readonly string[];
  readonly unkToken: string | undefined;
}

/**
 * @param counts how often each piece was seen
 * @throws {TrainingError} if the vocabulary size leaves no room for the special tokens
 */
export function trainModel(
  config: TrainTokenizerConfig,
  counts: ReadonlyMap<string, number>,
  options: TrainModelOptions,
): Model {
  switch (config.kind) {
    case "word":
    case "char":
      return trainWordLevel(counts, { ...options, minFrequency: config.minFrequency, maxSize: config.maxSize });
    case "bpe": {
      const initialAlphabet = [...(isByteLevel(config) ? BYTE_CHARACTERS : []), ...(config.initialAlphabet ?? [])];
      return trainBpe(counts, { ...config, ...withByteTokens(options, config.byteFallback), initialAlphabet });
    }
    case "wordpiece":
      return trainWordPiece(counts, { ...config, ...options });
    case "unigram":
      return trainUnigram(counts, { ...config, ...withByteTokens(options, config.byteFallback) });
    default:
      return config satisfies never;
  }
}

/** With byte fallback, the 256 tokens of bytes come behind the special ones. */
function withByteTokens(options: TrainModelOptions, byteFallback: boolean | undefined): TrainModelOptions {
  if (byteFallback !== true) return options;
  return { ...options, specialTokens: [...options.specialTokens, ...BYTE_TOKENS] };
}
