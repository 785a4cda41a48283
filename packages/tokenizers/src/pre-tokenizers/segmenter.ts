/**
 * Cuts at word boundaries, for scripts without spaces, such as Chinese, Japanese and Thai: by Unicode text segmentation
 * with the dictionary of the runtime, or by a segmenter of the caller. A "▁" from Metaspace stays with the word after it.
 *
 * Not part of Hugging Face's format: files that use it say `"type": "Segmenter"` and only this package reads them.
 * The dictionary belongs to the runtime, so two runtimes may cut a Chinese sentence differently; if results must agree
 * across runtimes, use characters or pass a segmenter.
 *
 * @see Unicode Standard Annex 29, section 4 (word boundaries)
 */
import { SegmenterError, UnsupportedRuntimeError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces } from "../text/pieces.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

/** Gives the words of a text in order, including spaces and punctuation: joined, they are the text. */
export type SegmentText = (text: string) => Iterable<string>;

/** A segmenter of the caller. */
export interface NamedSegmenter {
  /** Its name in a tokenizer.json, not empty. */
  readonly name: string;
  readonly segment: SegmentText;
}

/** Segmenters by name, to read files that need them. */
export type Segmenters = Readonly<Record<string, SegmentText>>;

const SPACE_MARK = "▁";

export class SegmenterPreTokenizer implements PreTokenizer {
  readonly usesSegmenter: boolean;
  readonly #segmenter: string | NamedSegmenter;
  readonly #wordsOf: SegmentText;

  /**
   * @param segmenter a BCP 47 tag (the locale of the machine is never used) for the dictionary of the runtime, or a
   *   segmenter of the caller. Default "zh"
   * @throws {UnsupportedRuntimeError} for a tag, if the runtime has no `Intl.Segmenter`
   */
  constructor(segmenter: string | NamedSegmenter = "zh") {
    this.usesSegmenter = typeof segmenter === "string";
    this.#segmenter = segmenter;
    this.#wordsOf = typeof segmenter === "string" ? unicodeSegmenter(segmenter) : segmenter.segment;
  }

  /** @throws {SegmenterError} if the words of the caller's segmenter are not those of the text */
  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, (text, start, end, ranges) => {
      let from = start;
      let to = start;
      for (const word of this.#wordsOf(text.slice(start, end))) {
        const wordStart = to;
        to += word.length;
        if (to > end || !text.startsWith(word, wordStart)) throw this.#wrongWord(word, text.slice(wordStart, end));
        if (word === "" || (word === SPACE_MARK && wordStart === from && to < end)) continue;
        ranges.push(from, to);
        from = to;
      }
      if (to !== end) throw this.#wrongWord("", text.slice(to, end));
    });
  }

  toJson(): JsonObject {
    const segmenter = this.#segmenter;
    return typeof segmenter === "string"
      ? { type: "Segmenter", locale: segmenter }
      : { type: "Segmenter", name: segmenter.name };
  }

  #wrongWord(got: string, expected: string): SegmenterError {
    const name = typeof this.#segmenter === "string" ? this.#segmenter : this.#segmenter.name;
    return new SegmenterError(name, expected, got);
  }
}

function unicodeSegmenter(locale: string): SegmentText {
  if (typeof Intl.Segmenter !== "function") {
    throw new UnsupportedRuntimeError("Segmenter: needs Intl.Segmenter; use the kind char or a newer runtime");
  }
  const segmenter = new Intl.Segmenter(locale, { granularity: "word" });
  return function* (text) {
    for (const { segment } of segmenter.segment(text)) yield segment;
  };
}
