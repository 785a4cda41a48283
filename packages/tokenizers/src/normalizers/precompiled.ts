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
import type { AlignedText } from "../aligned-text.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { TokenizerFormatError, UnsupportedRuntimeError } from "../errors.ts";
import { describe, type JsonObject } from "../json.ts";
import { CharacterChanges } from "./character-changes.ts";
import { Charsmap } from "./charsmap.ts";
import type { Normalizer } from "./normalizer.ts";

/** In UTF-8 bytes. */
const LONGEST_WHOLE_CLUSTER = 5;

/** Runs of printable ASCII, less a last character that a mark may follow; and whatever is between those runs. */
const STRETCHES = /[ -~]+(?=[ -~]|$)|(?:(?![ -~](?:[ -~]|$))[\s\S])+/g;
const NOT_PLAIN = /[^ -~]/;

export class PrecompiledNormalizer implements Normalizer {
  readonly #bytes: Uint8Array;
  readonly #charsmap: Charsmap;
  readonly #segmenter: Intl.Segmenter;
  readonly #keepsAscii: boolean;
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
    this.#keepsAscii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).every(
      (character) => this.#replacementOf(character) === undefined,
    );
  }

  /** @throws {TokenizerFormatError} also if the text is not base64 */
  static fromBase64(text: string, path: string): PrecompiledNormalizer {
    const bytes = decodeBase64(text);
    if (bytes === undefined) throw new TokenizerFormatError(path, "base64", describe(text));
    return new PrecompiledNormalizer(bytes, path);
  }

  normalize(source: AlignedText): AlignedText {
    if (this.#keepsAscii && !NOT_PLAIN.test(source.text)) return source;
    const changes = new CharacterChanges();
    if (!this.#keepsAscii) this.#replaceClusters(changes, source.text);
    else {
      for (const [stretch] of source.text.matchAll(STRETCHES)) {
        if (NOT_PLAIN.test(stretch)) this.#replaceClusters(changes, stretch);
        else changes.keep(stretch);
      }
    }
    return changes.applyTo(source);
  }

  toJson(): JsonObject {
    return { type: "Precompiled", precompiled_charsmap: encodeBase64(this.#bytes) };
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
