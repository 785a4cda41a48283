/** The whole pipeline: normalizer, pre-tokenizer, model, post-processor and decoder around one vocabulary. */
import { type AddedToken, formOf, specialToken } from "./added-tokens/added-tokens.ts";
import { warnOfGarbledTokens } from "./added-tokens/garbled-tokens.ts";
import { SPECIAL_TOKEN_NAMES, type SpecialRole, type SpecialTokenNames } from "./added-tokens/special-tokens.ts";
import { Encoding } from "./encoding/encoding.ts";
import { type PaddingOptions, type PaddingToken, pad } from "./encoding/padding.ts";
import { type TruncationOptions, truncate } from "./encoding/truncation.ts";
import { MissingSpecialTokenError, TokenizerFormatError, UnknownIdError } from "./errors.ts";
import { parseTokenizerJson } from "./files/tokenizer-json/parse.ts";
import { child, describe, type JsonObject } from "./json.ts";
import type { Model } from "./models/model.ts";
import { type AddedTokenChoice, PipelineEncoder } from "./pipeline-encoder.ts";
import {
  type ReadTokenizerOptions,
  readTokenizerParts,
  type TokenizerParts,
  tokenizerPartsToJson,
} from "./tokenizer-parts.ts";

/** One text, or two that are encoded as a pair. */
export type EncodeInput = string | readonly [text: string, pair: string];

export interface EncodeOptions {
  /** Let the post-processor add its tokens, which are `<s>` before and `</s>` after for trained tokenizers. Default false. */
  readonly addSpecialTokens?: boolean;
  /**
   * Match added tokens such as `<s>` in the text: true, all; false, none; "ordinary", those that are not special.
   * Default true.
   */
  readonly matchAddedTokens?: AddedTokenChoice;
  /** Cut longer encodings; null: do not. Default: as the tokenizer's own options say. */
  readonly truncation?: TruncationOptions | null;
  /** Pad shorter encodings; null: do not. Default: as the tokenizer's own options say. */
  readonly padding?: PaddingOptions | null;
}

export interface EncodePairOptions extends EncodeOptions {
  /** A second text; the post-processor arranges both. Default none. */
  readonly pair?: string;
}

export interface DecodeOptions {
  /** Leave special tokens out of the text. Default true. */
  readonly skipSpecialTokens?: boolean;
}

/** Turns text into ids and back. Immutable: encoding the same text always gives the same ids. */
export class Tokenizer {
  readonly #parts: TokenizerParts;
  readonly #addedTokens: readonly AddedToken[];
  readonly #addedIds: ReadonlyMap<string, number>;
  /** As they are written; decoding does not skip one that normalization changes. */
  readonly #specialTokens: ReadonlySet<string>;
  /** The added tokens by id; those that are matched in normalized text are normalized. */
  readonly #addedForms: ReadonlyMap<number, string>;
  readonly #encoder: PipelineEncoder;
  #specialIds: ReadonlySet<number> | undefined;

  /** @throws {TokenizerFormatError} if added tokens contradict the vocabulary or leave holes in the ids */
  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.#addedTokens = [...(parts.addedTokens ?? [])].sort((a, b) => a.id - b.id);
    checkAddedTokens(this.#addedTokens, parts.model);
    this.#addedIds = new Map(this.#addedTokens.map((token) => [token.content, token.id]));
    this.#addedForms = new Map(this.#addedTokens.map((token) => [token.id, formOf(token, parts.normalizer)]));
    this.#specialTokens = new Set(this.#addedTokens.filter(({ special }) => special).map(({ content }) => content));
    this.#encoder = new PipelineEncoder({ ...parts, addedTokens: this.#addedTokens });
  }

  /**
   * Reads the parsed contents of a tokenizer.json.
   *
   * @throws {TokenizerFormatError} naming the key path, for anything malformed, inconsistent or not supported
   */
  static fromJson(value: unknown, options: ReadTokenizerOptions = {}): Tokenizer {
    return new Tokenizer(readTokenizerParts(value, options));
  }

  /**
   * Reads a tokenizer.json.
   *
   * @param json its text, or its bytes, which are read faster than a text is made of them
   * @throws {TokenizerFormatError} if it is not JSON, and as `fromJson`
   */
  static parse(json: string | Uint8Array, options: ReadTokenizerOptions = {}): Tokenizer {
    return Tokenizer.fromJson(parseTokenizerJson(json), options);
  }

  /**
   * The parts of the tokenizer, such as its stages. To change a part, make a new tokenizer:
   * `new Tokenizer({ ...tokenizer.parts, decoder })`.
   */
  get parts(): TokenizerParts {
    return { ...this.#parts, addedTokens: this.#addedTokens };
  }

  /** Ids are 0 to `vocabSize - 1`, those of added tokens included. In some files not every id has a token. */
  get vocabSize(): number {
    const last = this.#addedTokens.at(-1);
    return Math.max(this.#parts.model.vocabulary.size, last === undefined ? 0 : last.id + 1);
  }

  /**
   * The id of the padding token.
   *
   * @throws {MissingSpecialTokenError} if there is none
   */
  get padId(): number {
    return this.#idOfRole("pad");
  }

  /**
   * The id of the unknown token.
   *
   * @throws {MissingSpecialTokenError} if there is none
   */
  get unkId(): number {
    const { unkToken } = this.#parts.model;
    const id = unkToken === undefined ? undefined : this.#parts.model.vocabulary.tokenToId(unkToken);
    return this.#parts.specialTokens?.unk === undefined && id !== undefined ? id : this.#idOfRole("unk");
  }

  /**
   * The id of the token for the begin of a sequence.
   *
   * @throws {MissingSpecialTokenError} if there is none
   */
  get bosId(): number {
    return this.#idOfRole("bos");
  }

  /**
   * The id of the token for the end of a sequence.
   *
   * @throws {MissingSpecialTokenError} if there is none
   */
  get eosId(): number {
    return this.#idOfRole("eos");
  }

  /**
   * True if words are cut by the dictionary of the runtime (`Intl.Segmenter`), so that another version of ICU may give
   * other tokens; false for a segmenter that was passed in.
   */
  get usesSegmenter(): boolean {
    return this.#parts.preTokenizer?.usesSegmenter ?? false;
  }

  /** The id of a token; undefined if the vocabulary lacks it. */
  tokenToId(token: string): number | undefined {
    return this.#addedIds.get(token) ?? this.#parts.model.vocabulary.tokenToId(token);
  }

  /**
   * The same tokenizer with these special tokens; those that it lacks get the ids after its vocabulary.
   *
   * A tokenizer.json does not keep the roles of its tokens: names other than the well-known ones must be given again when
   * it is read.
   */
  withSpecialTokens(names: SpecialTokenNames): Tokenizer {
    const addedTokens = new Map(this.#addedTokens.map((token) => [token.content, token]));
    let next = Math.max(this.#parts.model.vocabulary.length, (this.#addedTokens.at(-1)?.id ?? -1) + 1);
    for (const name of Object.values(names)) {
      if (name === undefined) continue;
      const known = addedTokens.get(name);
      if (known === undefined) addedTokens.set(name, specialToken(this.tokenToId(name) ?? next++, name));
      else addedTokens.set(name, { ...known, special: true });
    }
    warnOfGarbledTokens([...addedTokens.values()], this.#parts.decoder);
    return new Tokenizer({
      ...this.#parts,
      addedTokens: [...addedTokens.values()],
      specialTokens: { ...this.#parts.specialTokens, ...names },
    });
  }

  /** The token of an id, an added one in the form that is matched; undefined outside the vocabulary. */
  idToToken(id: number): string | undefined {
    return this.#addedForms.get(id) ?? this.#parts.model.vocabulary.idToToken(id);
  }

  /** True for special tokens, which decoding leaves out by default. */
  isSpecial(id: number): boolean {
    return this.#specialTokens.has(this.idToToken(id) ?? "");
  }

  /**
   * Encodes one text, or a pair. A lone surrogate counts as U+FFFD, as it would in a UTF-8 file.
   *
   * @throws {UnknownTokenError} if a piece is unknown and the model has no unknown token
   * @throws {TextTooLongError} for a text of more than 2^24 UTF-16 code units
   * @throws {TruncationError} if the truncation is impossible
   * @throws {PaddingError} if the padding is impossible
   */
  encode(text: string, options: EncodePairOptions = {}): Encoding {
    const { pair, padding = this.#parts.padding } = options;
    const encoding = this.#encodeUnpadded(text, pair, options);
    return padding ? (this.#pad([encoding], padding)[0] ?? encoding) : encoding;
  }

  /** Encodes texts and pairs one by one, and pads to the longest of them or to the given length. Throws as `encode`. */
  encodeBatch(inputs: readonly EncodeInput[], options: EncodeOptions = {}): Encoding[] {
    const { padding = this.#parts.padding } = options;
    const encodings = inputs.map((input) => {
      const [text, pair] = typeof input === "string" ? [input] : input;
      return this.#encodeUnpadded(text, pair, options);
    });
    return this.#pad(encodings, padding);
  }

  /**
   * Turns ids back into text. Ids without a token, which some files have, are skipped.
   *
   * @throws {UnknownIdError} for an id outside the vocabulary
   */
  decode(ids: Iterable<number>, { skipSpecialTokens = true }: DecodeOptions = {}): string {
    const { decoder } = this.#parts;
    const tokens: string[] = [];
    this.#specialIds ??= this.#findSpecialIds();
    for (const id of ids) {
      const token = this.idToToken(id);
      if (token === undefined) {
        if (Number.isInteger(id) && id >= 0 && id < this.vocabSize) continue;
        throw new UnknownIdError(id, this.vocabSize);
      }
      if (!skipSpecialTokens || !this.#specialIds.has(id)) tokens.push(token);
      else if (decoder?.seesSkippedTokens) tokens.push("");
    }
    return decoder === undefined ? tokens.join(" ") : decoder.decodeChain(tokens).join("");
  }

  /** The value of tokenizer.json; keys are in a fixed order. */
  toJson(): JsonObject {
    const { padding } = this.#parts;
    return tokenizerPartsToJson({
      ...this.#parts,
      addedTokens: this.#addedTokens,
      padding: padding && { ...padding, ...this.#paddingToken(padding) },
    });
  }

  /** The text of tokenizer.json: equal tokenizers give equal bytes. Ends with a line break. */
  stringify(): string {
    return `${JSON.stringify(this.toJson(), null, 2)}\n`;
  }

  /** All ids for which `isSpecial` holds; a vocabulary that has a token twice has no holes. */
  #findSpecialIds(): Set<number> {
    const ids = [...this.#addedForms.keys(), ...this.#parts.model.vocabulary.tokens.keys()];
    return new Set(ids.filter((id) => this.isSpecial(id)));
  }

  #encodeUnpadded(text: string, pair: string | undefined, options: EncodeOptions): Encoding {
    const { addSpecialTokens = false, matchAddedTokens = true, truncation = this.#parts.truncation } = options;
    const { postProcessor } = this.#parts;
    const first = this.#encoder.encode(text, 0, matchAddedTokens, truncation);
    const encodings =
      pair === undefined ? [first] : [first, this.#encoder.encode(pair, 1, matchAddedTokens, truncation)];
    const addedTokens = addSpecialTokens ? (postProcessor?.addedTokens(pair !== undefined) ?? 0) : 0;
    const truncated = truncation ? truncate(encodings, truncation, addedTokens) : encodings;
    return Encoding.concat(postProcessor?.process(truncated, addSpecialTokens) ?? truncated);
  }

  #pad(encodings: readonly Encoding[], padding: PaddingOptions | null | undefined): Encoding[] {
    return padding ? pad(encodings, padding, this.#paddingToken(padding)) : [...encodings];
  }

  #paddingToken({ padId = this.padId, padToken = this.idToToken(padId) ?? "[PAD]" }: PaddingOptions): PaddingToken {
    return { padId, padToken };
  }

  #idOfRole(role: SpecialRole): number {
    const given = this.#parts.specialTokens?.[role];
    const names = given === undefined ? SPECIAL_TOKEN_NAMES[role] : [given];
    for (const name of names) {
      const id = this.#addedIds.get(name);
      if (id !== undefined && this.#specialTokens.has(name)) return id;
    }
    throw new MissingSpecialTokenError(role, names);
  }
}

/** Each added token is in the model's vocabulary under the same id, or follows behind it without a hole. */
function checkAddedTokens(tokens: readonly AddedToken[], { vocabulary }: Model): void {
  const contents = new Set<string>();
  let next = vocabulary.length; // counted, so that the first may fill a hole, as in Hugging Face's library
  for (const [index, { id, content }] of tokens.entries()) {
    const path = `${child("added_tokens", index)} in order of id`;
    if (contents.has(content)) throw new TokenizerFormatError(path, "tokens that differ", `${describe(content)} twice`);
    contents.add(content);
    const expected = vocabulary.tokenToId(content) ?? next;
    if (id !== expected) throw new TokenizerFormatError(path, `id ${expected} for ${describe(content)}`, String(id));
    if (id === next) next++;
  }
}
