/**
 * Cuts at the word boundaries of Unicode text segmentation, with the dictionary of the runtime for scripts that write
 * no spaces, such as Chinese. A "▁" left by Metaspace stays with the word after it.
 *
 * Not part of Hugging Face's format: files that use it say `"type": "Segmenter"` and only this package reads them.
 * The dictionary belongs to the runtime, so two runtimes may cut a Chinese sentence differently; where results must
 * agree across runtimes, use characters.
 *
 * @see Unicode Standard Annex 29, section 4 (word boundaries)
 */
import { UnsupportedRuntimeError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces } from "../pieces.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

const SPACE_MARK = "▁";

export class SegmenterPreTokenizer implements PreTokenizer {
  readonly #locale: string;
  readonly #segmenter: Intl.Segmenter;

  /** @param locale a BCP 47 tag, never that of the machine. Default "zh" */
  constructor(locale = "zh") {
    if (typeof Intl.Segmenter !== "function") {
      throw new UnsupportedRuntimeError("Segmenter: needs Intl.Segmenter; use the kind char or a newer runtime");
    }
    this.#locale = locale;
    this.#segmenter = new Intl.Segmenter(locale, { granularity: "word" });
  }

  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, (text, start, end, ranges) => {
      let from = start;
      for (const { index, segment } of this.#segmenter.segment(text.slice(start, end))) {
        const to = start + index + segment.length;
        if (segment === SPACE_MARK && start + index === from && to < end) continue;
        ranges.push(from, to);
        from = to;
      }
    });
  }

  toJson(): JsonObject {
    return { type: "Segmenter", locale: this.#locale };
  }
}
