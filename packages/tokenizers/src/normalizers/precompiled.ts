/**
 * The normalization that SentencePiece models carry as a compiled table, as Hugging Face's library applies it.
 *
 * Each grapheme cluster of at most five UTF-8 bytes gives way as a whole to the replacement of the shortest key that it
 * starts with: marks behind that key are lost, which SentencePiece itself, with its longest match, would keep. Other
 * clusters are replaced code point by code point. The characters of a replacement stand one by one where those that they
 * replace did; more of them stand with the last one, and fewer leave the rest out.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226, section 3.4
 */

import { TokenizerFormatError, UnsupportedRuntimeError } from "../errors.ts";
import { describe, type JsonObject } from "../json.ts";
import { CharacterClasses } from "../pre-tokenizers/character-classes.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { decodeBase64, encodeBase64 } from "../text/base64.ts";
import { CharacterChanges } from "./character-changes.ts";
import { Charsmap } from "./charsmap.ts";
import type { Normalizer } from "./normalizer.ts";

/** In UTF-8 bytes. */
const LONGEST_WHOLE_CLUSTER = 5;

/** Letters, ideographs and signs that are a cluster of their own next to each other; there are more. */
const LONE_CHARACTER =
  /[ -~\u00c0-\u02ff\u0388-\u0482\u048a-\u052f\u2010-\u2027\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff9d]/;

/** Lone characters that have no replacement, and those that have one. */
const KEPT = 1;
const REPLACED = 2;
const LONE = KEPT | REPLACED;
const OTHER = 4;

export class PrecompiledNormalizer implements Normalizer {
  readonly #bytes: Uint8Array;
  readonly #charsmap: Charsmap;
  readonly #segmenter: Intl.Segmenter;
  readonly #classes: CharacterClasses;
  readonly #scratch = new Uint8Array(LONGEST_WHOLE_CLUSTER + 1);
  readonly #encoder = new TextEncoder();

  /**
   * @param bytes `precompiled_charsmap` of a SentencePiece model
   * @param path where they stand, for errors
   * @throws {TokenizerFormatError} if they are not such a table
   * @throws {UnsupportedRuntimeError} without `Intl.Segmenter`
   */
  constructor(bytes: Uint8Array, path = "normalizer.precompiled_charsmap") {
    const charsmap = Charsmap.read(bytes);
    if (typeof charsmap === "string") throw new TokenizerFormatError(path, "a compiled table", charsmap);
    if (typeof Intl.Segmenter !== "function") {
      throw new UnsupportedRuntimeError("Precompiled: grapheme clusters need Intl.Segmenter; use a newer runtime");
    }
    this.#bytes = bytes;
    this.#charsmap = charsmap;
    this.#segmenter = new Intl.Segmenter("en", { granularity: "grapheme" }); // clusters do not depend on the locale
    const isReplaced = { test: (character: string) => this.#replacementOf(character) !== undefined };
    const isOther = { test: (character: string) => !LONE_CHARACTER.test(character) };
    this.#classes = new CharacterClasses(
      [
        [OTHER, isOther],
        [REPLACED, isReplaced],
      ],
      KEPT,
    );
  }

  /** @throws {TokenizerFormatError} also if the text is not base64 */
  static fromBase64(text: string, path: string): PrecompiledNormalizer {
    const bytes = decodeBase64(text);
    if (bytes === undefined) throw new TokenizerFormatError(path, "base64", describe(text));
    return new PrecompiledNormalizer(bytes, path);
  }

  normalize(source: AlignedText): AlignedText {
    const { text } = source;
    if (this.#classes.endOfRun(text, 0, text.length, KEPT) === text.length) return source;
    const changes = new CharacterChanges();
    for (let start = 0; start < text.length; ) {
      const end = this.#endOfLone(text, start);
      this.#replaceLone(changes, text, start, end);
      start = this.#startOfLone(text, end);
      this.#replaceClusters(changes, text.slice(end, start));
    }
    return changes.applyTo(source);
  }

  toJson(): JsonObject {
    return { type: "Precompiled", precompiled_charsmap: encodeBase64(this.#bytes) };
  }

  /** Where the run of lone characters ends that starts at `start`, without a last one that a mark may follow. */
  #endOfLone(text: string, start: number): number {
    const end = this.#classes.endOfRun(text, start, text.length, LONE);
    return end > start && end < text.length ? end - 1 : end;
  }

  /** Where the next such run starts, from `start` on. */
  #startOfLone(text: string, start: number): number {
    for (let at = start; at < text.length; ) {
      if (this.#endOfLone(text, at) > at) return at;
      const end = this.#classes.endOfRun(text, at, text.length, LONE);
      at = this.#classes.endOfRun(text, end, text.length, OTHER);
    }
    return text.length;
  }

  #replaceLone(changes: CharacterChanges, text: string, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const kept = this.#classes.endOfRun(text, at, end, KEPT);
      changes.keep(text.slice(at, kept));
      if (kept < end) this.#replaceCharacter(changes, text.charAt(kept));
      at = kept;
    }
  }

  #replaceClusters(changes: CharacterChanges, stretch: string): void {
    for (const { segment } of this.#segmenter.segment(stretch)) {
      const whole = this.#replacementOf(segment);
      if (whole !== undefined) changes.replace(segment, whole);
      else for (const character of segment) this.#replaceCharacter(changes, character);
    }
  }

  #replaceCharacter(changes: CharacterChanges, character: string): void {
    const replacement = this.#replacementOf(character);
    if (replacement === undefined) changes.keep(character);
    else changes.replace(character, replacement);
  }

  /** What stands for a short chunk as a whole; undefined for a longer one and where no key matches. */
  #replacementOf(chunk: string): string | undefined {
    const { read, written } = this.#encoder.encodeInto(chunk, this.#scratch);
    if (read < chunk.length || written > LONGEST_WHOLE_CLUSTER) return undefined;
    return this.#charsmap.shortestMatch(this.#scratch, written);
  }
}
