/**
 * Byte-pair encoding over code points: a piece starts as its characters, and neighbours are merged in the order in
 * which training learned the merges.
 *
 * @see Sennrich, Haddow and Birch 2016, arXiv:1508.07909, section 3.2
 */
import { TokenizerFormatError, UnknownTokenError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { RangeCutter } from "../../text/pieces.ts";
import { byteIdsOf } from "../byte-tokens.ts";
import type { Model, ModelToken } from "../model.ts";
import { MergeBytes } from "./merge-bytes.ts";
import { cutMerge, MergeTable } from "./merge-table.ts";
import { Seams } from "./seams.ts";
import { bpeToJson } from "./serialization.ts";
import { SymbolChain } from "./symbol-chain.ts";

/** Two tokens that become one. */
export type BpeMerge = readonly [left: string, right: string];

/** Merges, first learned first, as pairs, as lines of merges.txt, `"a b"`, or as a file has them. */
export type MergeList = readonly (BpeMerge | string)[] | MergeBytes;

export interface BpeOptions {
  readonly vocabulary: Vocabulary;
  /** Both parts of each merge and what they make are in the vocabulary. */
  readonly merges: MergeList;
  /**
   * The token for characters that the vocabulary lacks. Without one, such characters are left out, as in Hugging Face's
   * library; with one that the vocabulary lacks, they are an error. Default none.
   */
  readonly unkToken?: string | undefined;
  /** Encode a run of unknown characters as one unknown token. Default false. */
  readonly fuseUnk?: boolean;
  /**
   * Encode a character that the vocabulary lacks as its UTF-8 bytes, tokens `<0x00>` to `<0xFF>`, if it has all of them.
   * Each byte has the range of its character. Tokens keep the order of the text; if the vocabulary has only some of the
   * bytes, Hugging Face's library moves unknown tokens behind the bytes. Default false.
   */
  readonly byteFallback?: boolean;
  /** Keep a piece whole if it is a token, whatever the merges say. Default false. */
  readonly ignoreMerges?: boolean;
  /** Prefix of the tokens that do not begin a piece; merges remove it. Default none. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** Suffix of the tokens that end a piece. Default none. */
  readonly endOfWordSuffix?: string | undefined;
  /**
   * Share of merges to skip at random, 0 to 1. Needs `random`: without a generator no merge is skipped, and `toJson`
   * alone uses this. Default 0.
   *
   * @see Provilkov, Emelianenko and Voita 2020, arXiv:1910.13267
   */
  readonly dropout?: number | undefined;
  /** Gives the next number of a seeded stream, uniform in `[0, 1)`, for `dropout`; each merge takes one. */
  readonly random?: (() => number) | undefined;
}

/** Pieces up to this length share one chain. */
const SCRATCH_LENGTH = 1024;

const NO_ID = -1;

export class BpeModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unkToken: string | undefined;
  readonly fuseUnk: boolean;
  readonly byteFallback: boolean;
  readonly ignoreMerges: boolean;
  readonly continuingSubwordPrefix: string | undefined;
  readonly endOfWordSuffix: string | undefined;
  readonly dropout: number | undefined;
  /** As they were given; undefined if they are to be made of the table. */
  readonly #merges: readonly (BpeMerge | string)[] | undefined;
  readonly #skips: (() => boolean) | undefined;
  readonly #unkId: number | undefined;
  /** Whether characters look the same everywhere in a piece, so that a code unit has one id. */
  readonly #hasUnitIds: boolean;
  /** The ids of characters of one code unit, raised by 2; 0 where nobody asked yet, 1 where there is none. */
  readonly #unitIds = new Int32Array(0x10000);
  readonly #mergeTable: MergeTable;
  readonly #scratch = new SymbolChain(SCRATCH_LENGTH);
  /** Undefined if pieces cannot be cut, or have no words. */
  readonly cut: RangeCutter | undefined;

  /** @throws {TokenizerFormatError} if a merge needs a token that the vocabulary lacks, or `dropout` is not in 0 to 1 */
  constructor(options: BpeOptions) {
    const { vocabulary, merges, unkToken, continuingSubwordPrefix, dropout } = options;
    if (dropout !== undefined && !(dropout >= 0 && dropout <= 1)) {
      throw new TokenizerFormatError("model.dropout", "a number from 0 to 1", String(dropout));
    }
    this.vocabulary = vocabulary;
    this.#merges = merges instanceof MergeBytes ? undefined : merges;
    this.unkToken = unkToken;
    this.fuseUnk = options.fuseUnk ?? false;
    this.byteFallback = options.byteFallback ?? false;
    this.ignoreMerges = options.ignoreMerges ?? false;
    this.continuingSubwordPrefix = continuingSubwordPrefix;
    this.endOfWordSuffix = options.endOfWordSuffix;
    this.dropout = dropout;
    this.#skips = skipper(dropout, options.random);
    this.#unkId = unkToken === undefined ? undefined : vocabulary.tokenToId(unkToken);
    const isAlikeEverywhere = continuingSubwordPrefix === undefined && options.endOfWordSuffix === undefined;
    this.#hasUnitIds = isAlikeEverywhere;
    const hasWords = vocabulary.tokenToId("▁") !== undefined;
    this.#mergeTable = new MergeTable(
      vocabulary,
      merges instanceof MergeBytes ? merges : MergeBytes.of(merges.map(cutMerge)),
      continuingSubwordPrefix ?? "",
    );
    const cutsWords = hasWords && isAlikeEverywhere && !vocabulary.hasSharedIds;
    this.cut = cutsWords && this.#skips === undefined ? this.#cutter() : undefined;
  }

  /** First learned first. */
  get merges(): readonly BpeMerge[] {
    if (this.#merges !== undefined) return this.#merges.map(cutMerge);
    const merges: BpeMerge[] = [];
    const tokenOf = (id: number) => this.vocabulary.idToToken(id) ?? "";
    this.#mergeTable.forEachPair((left, right) => merges.push([tokenOf(left), tokenOf(right)]));
    return merges;
  }

  /** @throws {UnknownTokenError} if a character is unknown and the vocabulary lacks the unknown token */
  tokenize(piece: string): readonly ModelToken[] {
    const whole = this.#wholeId(piece);
    if (whole !== undefined) return [{ id: whole, token: piece, start: 0, end: piece.length }];
    return this.#merged(piece).tokens(this.vocabulary);
  }

  /** Throws as `tokenize`. */
  appendIds(piece: string, ids: number[]): void {
    const whole = this.#wholeId(piece);
    if (whole !== undefined) ids.push(whole);
    else this.#merged(piece).appendIds(ids);
  }

  /** True if merges are skipped at random, so that equal pieces may have different tokens. */
  get isRandom(): boolean {
    return this.#skips !== undefined;
  }

  toJson(): JsonObject {
    return bpeToJson(this);
  }

  #cutter(): RangeCutter {
    const isToken = (unit: number) => this.#idOfUnit(unit) !== NO_ID;
    const { cut } = new Seams({
      vocabulary: this.vocabulary,
      merges: this.#mergeTable,
      unkToken: this.unkToken,
      isToken,
    });
    if (!this.ignoreMerges) return cut;
    return (text, start, end, ranges) => {
      if (this.vocabulary.idOfUnits(text, start, end) === undefined) cut(text, start, end, ranges);
      else ranges.push(start, end);
    };
  }

  /** The id of a piece that is kept whole. */
  #wholeId(piece: string): number | undefined {
    return this.ignoreMerges && this.#skips === undefined ? this.vocabulary.tokenToId(piece) : undefined;
  }

  #merged(piece: string): SymbolChain {
    const chain = piece.length <= SCRATCH_LENGTH ? this.#scratch : new SymbolChain(piece.length);
    chain.clear();
    this.#pushCharacters(chain, piece);
    const mergesFew = chain.isShort && this.#skips === undefined && !this.vocabulary.hasSharedIds;
    if (mergesFew) chain.mergeFew(this.#mergeTable);
    else chain.mergeAll(this.#mergeTable, this.#skips);
    return chain;
  }

  #pushCharacters(chain: SymbolChain, piece: string): void {
    const { continuingSubwordPrefix: prefix = "", endOfWordSuffix: suffix = "" } = this;
    let afterUnknown = false;
    for (let start = this.#pushUnits(chain, piece, 0); start < piece.length; ) {
      const end = start + ((piece.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      const character = piece.slice(start, end);
      const symbol = `${start > 0 ? prefix : ""}${character}${end === piece.length ? suffix : ""}`;
      const id = this.vocabulary.tokenToId(symbol);
      if (id !== undefined) chain.push(id, start, end);
      const known = id !== undefined || (this.byteFallback && this.#pushBytes(chain, symbol, start, end));
      if (!known && this.unkToken !== undefined) this.#pushUnknown(chain, symbol, start, end, afterUnknown);
      start = this.#pushUnits(chain, piece, end);
      afterUnknown = !known && start === end;
    }
  }

  /** Pushes the characters from `start` on whose ids need no search; returns where they end. */
  #pushUnits(chain: SymbolChain, piece: string, start: number): number {
    for (let at = start; at < piece.length; at++) {
      const unit = piece.charCodeAt(at);
      const known = this.#unitIds[unit] as number;
      const id = known === 0 ? this.#idOfUnit(unit) : known - 2;
      if (id === NO_ID) return at;
      chain.push(id, at, at + 1);
    }
    return piece.length;
  }

  /** The id of the character that is a code unit, or NO_ID. */
  #idOfUnit(unit: number): number {
    if (this.#unitIds[unit] === 0) {
      const character = String.fromCharCode(unit);
      const isLooked = this.#hasUnitIds && character.isWellFormed();
      this.#unitIds[unit] = 2 + ((isLooked ? this.vocabulary.tokenToId(character) : undefined) ?? NO_ID);
    }
    return (this.#unitIds[unit] as number) - 2;
  }

  /** Pushes a symbol as its bytes, or nothing if the vocabulary lacks one of them. */
  #pushBytes(chain: SymbolChain, symbol: string, start: number, end: number): boolean {
    const ids = byteIdsOf(this.vocabulary, symbol);
    for (const id of ids ?? []) chain.push(id, start, end);
    return ids !== undefined;
  }

  #pushUnknown(chain: SymbolChain, symbol: string, start: number, end: number, afterUnknown: boolean): void {
    if (this.#unkId === undefined) throw new UnknownTokenError(symbol);
    if (afterUnknown && this.fuseUnk) chain.extendLast(end);
    else chain.push(this.#unkId, start, end);
  }
}

function skipper(dropout = 0, random?: () => number): (() => boolean) | undefined {
  return dropout > 0 && random !== undefined ? () => random() < dropout : undefined;
}
