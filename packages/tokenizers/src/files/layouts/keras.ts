/**
 * The tokenizer of a file that Keras's `Tokenizer.to_json` gave: words by their frequency, or characters, with ids from 1 on.
 *
 * @see https://github.com/keras-team/keras, `keras/src/legacy/preprocessing/text.py`
 */
import { TokenizerFormatError } from "../../errors.ts";
import {
  asBoolean,
  asFields,
  asId,
  asString,
  child,
  describe,
  type JsonFields,
  optional,
  parseJson,
} from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { WordLevelModel } from "../../models/word-level/model.ts";
import { LowercaseNormalizer } from "../../normalizers/lowercase.ts";
import type { Normalizer } from "../../normalizers/normalizer.ts";
import { ReplaceNormalizer } from "../../normalizers/replace.ts";
import { NormalizerSequence } from "../../normalizers/sequence.ts";
import { ANY_CODE_POINT, SplitPreTokenizer } from "../../pre-tokenizers/split.ts";
import { Tokenizer } from "../../tokenizer.ts";
import { isKerasTokenizer } from "../foreign-files.ts";

/**
 * Builds the tokenizer of a file. Its ids are those of `texts_to_sequences`: 0 is left free for padding, words with an id of
 * `num_words` or more are unknown, and what is unknown is left out unless the file has an `oov_token`. As there, decoding
 * joins tokens with spaces, characters too.
 *
 * @param json the text that `to_json` gave, or that text as a JSON string, as `json.dump` writes it
 * @throws {TokenizerFormatError} naming the key path of what is malformed
 */
export function kerasTokenizer(json: string): Tokenizer {
  const document = parseTwice(json);
  if (!isKerasTokenizer(document)) throw new TokenizerFormatError("class_name", '"Tokenizer"', describe(document));
  const at = "config";
  const config = asFields(asFields(document, "").get("config"), at);
  const ofCharacters = optional(config, "char_level", at, asBoolean, false);
  const split = optional(config, "split", at, asString, " ");
  if (split === "") throw new TokenizerFormatError(child(at, "split"), "some text", describe(split));
  const unkToken = optional(config, "oov_token", at, asString, undefined);
  return new Tokenizer({
    normalizer: normalizerOf(config, at, split, ofCharacters),
    preTokenizer: new SplitPreTokenizer(
      ofCharacters ? { pattern: { Regex: ANY_CODE_POINT } } : { pattern: { String: split }, behavior: "Removed" },
    ),
    model: new WordLevelModel(readWordIndex(config, at), unkToken, { dropsUnknown: unkToken === undefined }),
  });
}

/** The text of a JSON document, or of a string that has one. */
function parseTwice(json: string): unknown {
  const document = parseJson(json);
  return typeof document === "string" ? parseJson(document) : document;
}

/** Lower case first, then the characters of `filters` become what separates words. */
function normalizerOf(config: JsonFields, at: string, split: string, ofCharacters: boolean): Normalizer {
  const filters = ofCharacters ? "" : optional(config, "filters", at, asString, "");
  const codes = Array.from(filters, (character) => `\\x{${character.codePointAt(0)?.toString(16)}}`);
  return new NormalizerSequence([
    ...(optional(config, "lower", at, asBoolean, true) ? [new LowercaseNormalizer()] : []),
    ...(codes.length === 0
      ? []
      : [new ReplaceNormalizer({ pattern: { Regex: `[${codes.join("")}]` }, content: split })]),
  ]);
}

/** `word_index` is JSON in a string; ids from `num_words` on do not count. */
function readWordIndex(config: JsonFields, path: string): Vocabulary {
  const at = child(path, "word_index");
  const given = config.get("word_index");
  const words = asFields(typeof given === "string" ? parseJson(given) : given, at);
  const most = optional(config, "num_words", path, asId, 0) || Number.POSITIVE_INFINITY; // 0 is no limit there
  const kept = [...words].filter(([word, id]) => asId(id, child(at, word)) < most);
  return Vocabulary.fromJson(Object.fromEntries(kept), at);
}
