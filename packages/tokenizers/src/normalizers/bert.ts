/**
 * The normalization of BERT: cleans the text, puts spaces around Chinese characters, removes accents, lowercases.
 *
 * @see Devlin et al. 2019, arXiv:1810.04805; the steps are those of the tokenizer published with it
 */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { classBody, WHITE_SPACE } from "../text/unicode.ts";
import { BERT_ACCENTS, CLEANED_OUT } from "../text/unicode-tables.ts";
import { LowercaseNormalizer } from "./lowercase.ts";
import type { Normalizer } from "./normalizer.ts";
import { replaceMatches } from "./replace-matches.ts";
import { UnicodeNormalizer } from "./unicode-form.ts";

export interface BertNormalizerOptions {
  /** Remove control, format and private characters, NUL and U+FFFD; replace all white space with spaces. Default true. */
  readonly cleanText?: boolean;
  /** Put spaces around Chinese characters, so that each is a word. Default true. */
  readonly handleChineseChars?: boolean;
  /** Decompose and remove accents; null: only if `lowercase` is set. Default null. */
  readonly stripAccents?: boolean | null;
  /** Lowercase the text. Default true. */
  readonly lowercase?: boolean;
}

const REMOVED = classBody(CLEANED_OUT);
const NEEDS_CLEANING = new RegExp(`(?! )[${REMOVED}${WHITE_SPACE}]`, "gu");
/** Text with none of these is only cleaned of ASCII white space, and put in lower case. */
const NOT_PLAIN = /[^\t\n\r -~]/;
const SPACE = new RegExp(`(?![${REMOVED}])[${WHITE_SPACE}]`, "u");
/** The blocks of ideographs; hiragana, katakana and hangul are not among them. */
const CHINESE =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const ACCENT = new RegExp(`[${classBody(BERT_ACCENTS)}]`, "gu");
const DECOMPOSE = new UnicodeNormalizer("NFD");
const LOWERCASE = new LowercaseNormalizer();

export class BertNormalizer implements Normalizer {
  readonly #options: Required<BertNormalizerOptions>;

  constructor(options: BertNormalizerOptions = {}) {
    this.#options = { cleanText: true, handleChineseChars: true, stripAccents: null, lowercase: true, ...options };
  }

  normalize(source: AlignedText): AlignedText {
    const { cleanText, handleChineseChars, lowercase } = this.#options;
    const stripAccents = this.#options.stripAccents ?? lowercase;
    let text = source;
    if (!NOT_PLAIN.test(source.text)) {
      if (cleanText) text = text.withText(text.text.replace(/[\t\n\r]/g, " "));
      return lowercase ? LOWERCASE.normalize(text) : text;
    }
    if (cleanText) text = replaceMatches(text, NEEDS_CLEANING, (character) => (SPACE.test(character) ? " " : ""));
    if (handleChineseChars) text = replaceMatches(text, CHINESE, (character) => ` ${character} `);
    if (stripAccents) text = replaceMatches(DECOMPOSE.normalize(text), ACCENT, () => "");
    return lowercase ? LOWERCASE.normalize(text) : text;
  }

  toJson(): JsonObject {
    const { cleanText, handleChineseChars, stripAccents, lowercase } = this.#options;
    return {
      type: "BertNormalizer",
      clean_text: cleanText,
      handle_chinese_chars: handleChineseChars,
      strip_accents: stripAccents,
      lowercase,
    };
  }
}
