/**
 * The tokenizer of Keras's `TextVectorization` layer: its vocabulary, with 0 for padding and 1 for what is unknown.
 *
 * @see https://github.com/keras-team/keras, `keras/src/layers/preprocessing/text_vectorization.py`
 */
import { TokenizerFormatError } from "../../errors.ts";
import { asString, child, describe } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { WordLevelModel } from "../../models/word-level/model.ts";
import type { Normalizer } from "../../normalizers/normalizer.ts";
import { ReplaceNormalizer } from "../../normalizers/replace.ts";
import { NormalizerSequence } from "../../normalizers/sequence.ts";
import { ANY_CODE_POINT, SplitPreTokenizer } from "../../pre-tokenizers/split.ts";
import { Tokenizer } from "../../tokenizer.ts";

/** What becomes of a text before it is cut; `null` leaves it as it is. */
const STANDARDIZATIONS = ["lower_and_strip_punctuation", "lower", "strip_punctuation", null] as const;
/** Where it is cut; `null` takes the whole text as one token. */
const SPLITS = ["whitespace", "character", null] as const;

export interface TextVectorizationOptions {
  /** What `get_vocabulary()` gave, or the lines of a saved `vocabulary.txt`: `""`, `"[UNK]"`, then the words. */
  readonly vocabulary: readonly string[];
  /** Default `lower_and_strip_punctuation`. */
  readonly standardize?: (typeof STANDARDIZATIONS)[number];
  /** Default `whitespace`. */
  readonly split?: (typeof SPLITS)[number];
}

const UNKNOWN = "[UNK]";
/** TensorFlow's functions know ASCII alone here: other letters keep their case, other spaces cut nothing. */
const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PUNCTUATION = "[!-\\/:-@\\[-`{-~]";
const WHITESPACE = "[\\x{9}-\\x{d}\\x{20}]+";

/**
 * Builds the tokenizer of a `TextVectorization` layer; its ids are those of `output_mode="int"`.
 *
 * @throws {TokenizerFormatError} if the vocabulary does not begin with `""` and `"[UNK]"`, or an option is none of Keras's
 */
export function textVectorizationTokenizer(options: TextVectorizationOptions): Tokenizer {
  const { vocabulary, standardize = STANDARDIZATIONS[0], split = SPLITS[0] } = options;
  if (!isTextVectorizationVocabulary(vocabulary)) {
    throw new TokenizerFormatError("vocabulary", '"", "[UNK]" and words', describe(vocabulary));
  }
  const normalizers = normalizersOf(requireOne(standardize, STANDARDIZATIONS, "standardize"));
  const cut = cutterOf(requireOne(split, SPLITS, "split"));
  const words = vocabulary
    .slice(1)
    .map((word, index) => [asString(word, child("vocabulary", index + 1)), index + 1] as const);
  return new Tokenizer({
    ...(normalizers.length === 0 ? {} : { normalizer: new NormalizerSequence(normalizers) }),
    ...(cut === undefined ? {} : { preTokenizer: cut }),
    model: new WordLevelModel(Vocabulary.fromJson(Object.fromEntries(words), "vocabulary"), UNKNOWN),
  });
}

/** Whether a list is what `get_vocabulary()` gives. */
export function isTextVectorizationVocabulary(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list[0] === "" && list[1] === UNKNOWN;
}

/** The lines of a saved `vocabulary.txt`; undefined if the text is no such file. */
export function textVectorizationLines(text: string): string[] | undefined {
  const lines = text.replace(/\n$/, "").split("\n");
  return isTextVectorizationVocabulary(lines) ? lines : undefined;
}

function requireOne<Choice extends string | null>(value: unknown, choices: readonly Choice[], option: string): Choice {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new TokenizerFormatError(
    option,
    `one of ${choices.map((one) => JSON.stringify(one)).join(", ")}`,
    describe(value),
  );
}

function normalizersOf(standardize: (typeof STANDARDIZATIONS)[number]): Normalizer[] {
  const lower = Array.from(CAPITALS, (letter) => {
    return new ReplaceNormalizer({ pattern: { String: letter }, content: letter.toLowerCase() });
  });
  const strip = [new ReplaceNormalizer({ pattern: { Regex: PUNCTUATION }, content: "" })];
  switch (standardize) {
    case "lower_and_strip_punctuation":
      return [...lower, ...strip];
    case "lower":
      return lower;
    case "strip_punctuation":
      return strip;
    case null:
      return [];
    default:
      return standardize satisfies never;
  }
}

function cutterOf(split: (typeof SPLITS)[number]): SplitPreTokenizer | undefined {
  if (split === null) return undefined;
  return split === "character"
    ? new SplitPreTokenizer({ pattern: { Regex: ANY_CODE_POINT } })
    : new SplitPreTokenizer({ pattern: { Regex: WHITESPACE }, behavior: "Removed" });
}
