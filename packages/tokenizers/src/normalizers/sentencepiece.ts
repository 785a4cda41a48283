/**
 * The normalization of a SentencePiece `.model` file as SentencePiece itself does it: the longest key of the compiled table
 * at each place, user-defined symbols as they are, and one pass over white space. Places are those of SentencePiece: a
 * character that is written as several stands where the last of them does, and white space that goes belongs to what is
 * before it.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226, sections 3.2 and 3.4
 */
import { TokenizerFormatError } from "../errors.ts";
import { asArray, asBoolean, asString, child, describe, type JsonFields, type JsonObject, optional } from "../json.ts";
import { PrefixMatcher } from "../lookup/prefix-matcher.ts";
import { AlignedText } from "../text/aligned-text.ts";
import { decodeBase64, encodeBase64 } from "../text/base64.ts";
import { codePointLength } from "../text/unicode.ts";
import { Charsmap } from "./charsmap.ts";
import type { Normalizer } from "./normalizer.ts";
import { PlacedText } from "./placed-text.ts";

export interface SentencePieceNormalizerOptions {
  /** The compiled table; empty if characters stay as they are. Default empty. */
  readonly precompiledCharsmap?: Uint8Array;
  /** Add a space to each text that is not empty. Default true. */
  readonly addDummyPrefix?: boolean;
  /** Add that space at the end. Default false. */
  readonly treatWhitespaceAsSuffix?: boolean;
  /** Remove spaces at the ends, and merge runs of them into one. Default true. */
  readonly removeExtraWhitespaces?: boolean;
  /** Write spaces as "▁". Default true. */
  readonly escapeWhitespaces?: boolean;
  /** What no rule changes. Default none. */
  readonly userDefinedSymbols?: readonly string[];
}

const MARK = "▁";
const SPACE = 0x20;

/** What is known of a unit. */
const UNSEEN = 0;
const PLAIN = 1;
const OTHER = 2;

export class SentencePieceNormalizer implements Normalizer {
  readonly #options: Required<SentencePieceNormalizerOptions>;
  readonly #charsmap: Charsmap | undefined;
  readonly #symbols: PrefixMatcher;
  readonly #plain = new Uint8Array(0x10000);

  /**
   * @param path where the options stand, for errors
   * @throws {TokenizerFormatError} if the table is no compiled table
   */
  constructor(options: SentencePieceNormalizerOptions = {}, path = "normalizer") {
    this.#options = {
      precompiledCharsmap: new Uint8Array(0),
      addDummyPrefix: true,
      treatWhitespaceAsSuffix: false,
      removeExtraWhitespaces: true,
      escapeWhitespaces: true,
      userDefinedSymbols: [],
      ...options,
    };
    const { precompiledCharsmap, userDefinedSymbols } = this.#options;
    const charsmap = precompiledCharsmap.length === 0 ? undefined : Charsmap.read(precompiledCharsmap);
    if (typeof charsmap === "string") {
      throw new TokenizerFormatError(child(path, "precompiled_charsmap"), "a compiled table", charsmap);
    }
    this.#charsmap = charsmap;
    this.#symbols = new PrefixMatcher(userDefinedSymbols);
  }

  /** @throws {TokenizerFormatError} naming the key path of what is wrong */
  static fromFields(fields: JsonFields, path: string): SentencePieceNormalizer {
    return new SentencePieceNormalizer(
      {
        precompiledCharsmap: optional(fields, "precompiled_charsmap", path, asBytes, new Uint8Array(0)),
        addDummyPrefix: optional(fields, "add_dummy_prefix", path, asBoolean, true),
        treatWhitespaceAsSuffix: optional(fields, "treat_whitespace_as_suffix", path, asBoolean, false),
        removeExtraWhitespaces: optional(fields, "remove_extra_whitespaces", path, asBoolean, true),
        escapeWhitespaces: optional(fields, "escape_whitespaces", path, asBoolean, true),
        userDefinedSymbols: optional(fields, "user_defined_symbols", path, asStrings, []),
      },
      path,
    );
  }

  normalize(source: AlignedText): AlignedText {
    const { text } = source;
    const { addDummyPrefix, treatWhitespaceAsSuffix, removeExtraWhitespaces, escapeWhitespaces } = this.#options;
    const start = removeExtraWhitespaces ? this.#endOfSpaces(text) : 0;
    if (start === text.length) return AlignedText.of("", source.origin);
    const written = new PlacedText(source);
    if (addDummyPrefix && !treatWhitespaceAsSuffix) written.put(" ", start);
    this.#writeFrom(written, text, start);
    const length = removeExtraWhitespaces
      ? lengthWithout(written.text, escapeWhitespaces ? [" ", MARK] : [" "])
      : written.text.length;
    const end = length < written.text.length ? written.truncate(length) : text.length;
    if (addDummyPrefix && treatWhitespaceAsSuffix) written.put(" ", end);
    const normalized = written.build(end);
    return escapeWhitespaces ? normalized.withText(normalized.text.replaceAll(" ", MARK)) : normalized;
  }

  /** Where the characters end that stand for one space each, at the start of a text. */
  #endOfSpaces(text: string): number {
    let at = 0;
    while (at < text.length) {
      const change = this.#changeAt(text, at);
      if (change === undefined ? text.charCodeAt(at) !== SPACE : change.replacement !== " ") break;
      at = change?.end ?? at + 1;
    }
    return at;
  }

  #writeFrom(written: PlacedText, text: string, start: number): void {
    const { removeExtraWhitespaces } = this.#options;
    let isBehindSpace = removeExtraWhitespaces;
    let keptFrom = start;
    for (let at = start; at < text.length; ) {
      const unit = text.charCodeAt(at);
      const change = this.#isPlain(unit) ? undefined : this.#changeAt(text, at);
      if (change === undefined && unit !== SPACE) {
        isBehindSpace = false;
        at += codePointLength(text, at);
        continue;
      }
      const { replacement, end } = change ?? { replacement: " ", end: at + 1 };
      const isKept = replacement.length === codePointLength(text, at) && replacement === text.slice(at, end);
      const rest = isBehindSpace ? withoutLeadingSpaces(replacement) : replacement;
      if (rest !== "") isBehindSpace = removeExtraWhitespaces && rest.endsWith(" ");
      if (!isKept || rest !== replacement) {
        written.copy(text.slice(keptFrom, at), keptFrom);
        written.put(rest, at);
        keptFrom = end;
      }
      at = end;
    }
    written.copy(text.slice(keptFrom), keptFrom);
  }

  /** Whether a unit is a character that is written as it is wherever it stands, and no space. */
  #isPlain(unit: number): boolean {
    const known = this.#plain[unit];
    if (known !== UNSEEN) return known === PLAIN;
    const character = String.fromCharCode(unit);
    const isPlain =
      unit !== SPACE &&
      character.isWellFormed() &&
      !this.#options.userDefinedSymbols.some((symbol) => symbol.startsWith(character)) &&
      this.#charsmap?.hasKeyFrom(unit) !== true;
    this.#plain[unit] = isPlain ? PLAIN : OTHER;
    return isPlain;
  }

  /** What takes the place of a text from a place on, if anything does: for a user-defined symbol the symbol itself. */
  #changeAt(text: string, at: number): { readonly replacement: string; readonly end: number } | undefined {
    const end = this.#symbols.endOfMatch(text, at);
    return end > at ? { replacement: text.slice(at, end), end } : this.#charsmap?.longestMatch(text, at);
  }

  toJson(): JsonObject {
    const { precompiledCharsmap, userDefinedSymbols } = this.#options;
    return {
      type: "SentencePiece",
      precompiled_charsmap: precompiledCharsmap.length === 0 ? null : encodeBase64(precompiledCharsmap),
      add_dummy_prefix: this.#options.addDummyPrefix,
      treat_whitespace_as_suffix: this.#options.treatWhitespaceAsSuffix,
      remove_extra_whitespaces: this.#options.removeExtraWhitespaces,
      escape_whitespaces: this.#options.escapeWhitespaces,
      user_defined_symbols: [...userDefinedSymbols],
    };
  }
}

function withoutLeadingSpaces(text: string): string {
  let start = 0;
  while (text.charAt(start) === " ") start++;
  return text.slice(start);
}

/** The length of a text without these characters at its end. */
function lengthWithout(text: string, characters: readonly string[]): number {
  let length = text.length;
  while (length > 0 && characters.includes(text.charAt(length - 1))) length--;
  return length;
}

function asStrings(value: unknown, path: string): string[] {
  return asArray(value, path).map((item, index) => asString(item, child(path, index)));
}

function asBytes(value: unknown, path: string): Uint8Array {
  const bytes = decodeBase64(asString(value, path));
  if (bytes === undefined) throw new TokenizerFormatError(path, "base64", describe(value));
  return bytes;
}
