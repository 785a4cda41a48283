/**
 * Byte-pair encoding over code points: a piece starts as its characters, and neighbours are merged in the order in
 * which training learned the merges.
 *
 * @see Sennrich, Haddow and Birch 2016, arXiv:1508.07909, section 3.2
 */
import { TokenizerFormatError, UnknownTokenError } from "../../errors.ts";
import { child, type JsonObject } from "../../json.ts";
import type { Vocabulary } from "../../vocabulary.ts";
import type { Model, ModelToken } from "../model.ts";
import { BinaryHeap } from "./heap.ts";
import { bpeToJson } from "./serialization.ts";

/** Two tokens that become one. */
export type BpeMerge = readonly [left: string, right: string];

export interface BpeOptions {
  readonly vocabulary: Vocabulary;
  /** The merges, first learned first; both parts and their union are in the vocabulary. */
  readonly merges: readonly BpeMerge[];
  /** Stands for each character that the vocabulary lacks. */
  readonly unkToken?: string | undefined;
  /** One unknown token for a run of unknown characters. Default false. */
  readonly fuseUnk?: boolean;
  /** Take a piece that is a token as it is, whatever the merges say. Default false. */
  readonly ignoreMerges?: boolean;
}

const CACHE_ENTRIES = 1 << 16;
const CACHED_LENGTH = 256;

export class BpeModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly merges: readonly BpeMerge[];
  readonly unkToken: string | undefined;
  readonly fuseUnk: boolean;
  readonly ignoreMerges: boolean;
  readonly #unkId: number | undefined;
  readonly #ranks: ReadonlyMap<number, number>;
  readonly #mergedIds: Int32Array;
  readonly #cache = new Map<string, readonly ModelToken[]>();

  /** @throws {TokenizerFormatError} if a merge or the unknown token needs a token that the vocabulary lacks */
  constructor({ vocabulary, merges, unkToken, fuseUnk = false, ignoreMerges = false }: BpeOptions) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.unkToken = unkToken;
    this.fuseUnk = fuseUnk;
    this.ignoreMerges = ignoreMerges;
    this.#unkId = unkToken === undefined ? undefined : idOf(vocabulary, unkToken, "model.unk_token");
    const ranks = new Map<number, number>();
    this.#mergedIds = new Int32Array(merges.length);
    for (const [rank, [left, right]] of merges.entries()) {
      const path = child("model.merges", rank);
      const key = pairKey(vocabulary.size, idOf(vocabulary, left, path), idOf(vocabulary, right, path));
      ranks.set(key, rank);
      this.#mergedIds[rank] = idOf(vocabulary, left + right, path);
    }
    this.#ranks = ranks;
  }

  tokenize(piece: string): readonly ModelToken[] {
    const cached = this.#cache.get(piece);
    if (cached !== undefined) return cached;
    const tokens = this.#tokenize(piece);
    if (piece.length <= CACHED_LENGTH && this.#cache.size < CACHE_ENTRIES) this.#cache.set(piece, tokens);
    return tokens;
  }

  toJson(): JsonObject {
    return bpeToJson(this);
  }

  #tokenize(piece: string): ModelToken[] {
    const whole = this.ignoreMerges ? this.vocabulary.tokenToId(piece) : undefined;
    if (whole !== undefined) return [{ id: whole, token: piece, start: 0, end: piece.length }];
    const symbols = this.#symbolsOf(piece);
    this.#mergeAll(symbols);
    return symbols
      .filter((symbol) => symbol.end > symbol.start)
      .map(({ id, start, end }) => ({ id, token: this.vocabulary.idToToken(id) ?? "", start, end }));
  }

  #symbolsOf(piece: string): PieceSymbol[] {
    const symbols: PieceSymbol[] = [];
    let start = 0;
    let afterUnknown = false;
    for (const character of piece) {
      const end = start + character.length;
      const id = this.vocabulary.tokenToId(character) ?? this.#unkId;
      if (id === undefined) throw new UnknownTokenError(character);
      const unknown = id === this.#unkId && character !== this.unkToken;
      const last = symbols.at(-1);
      if (unknown && afterUnknown && this.fuseUnk && last !== undefined) last.end = end;
      else symbols.push({ id, start, end, previous: symbols.length - 1, next: symbols.length + 1 });
      afterUnknown = unknown;
      start = end;
    }
    return symbols;
  }

  /** Merges the pair of lowest rank, the leftmost of equals, until no pair has one; merged-away symbols end empty. */
  #mergeAll(symbols: PieceSymbol[]): void {
    const count = symbols.length;
    // A candidate is one number, rank * count + position: lower is earlier. Stale ones are recognised by their rank.
    const candidates = new BinaryHeap<number>((left, right) => left < right);
    const rankAt = (position: number) => {
      const symbol = symbols[position];
      const next = symbol === undefined ? undefined : symbols[symbol.next];
      if (symbol === undefined || next === undefined) return undefined;
      return this.#ranks.get(pairKey(this.vocabulary.size, symbol.id, next.id));
    };
    const offer = (position: number) => {
      const rank = rankAt(position);
      if (rank !== undefined) candidates.push(rank * count + position);
    };
    for (let position = 0; position + 1 < count; position++) offer(position);
    for (let candidate = candidates.pop(); candidate !== undefined; candidate = candidates.pop()) {
      const position = candidate % count;
      const rank = (candidate - position) / count;
      const symbol = symbols[position];
      if (symbol === undefined || symbol.end === symbol.start || rankAt(position) !== rank) continue;
      mergeWithNext(symbols, symbol, position, this.#mergedIds[rank] ?? symbol.id);
      offer(position);
      offer(symbol.previous);
    }
  }
}

/** A symbol of a piece on its way through the merges, linked to its living neighbours. */
interface PieceSymbol {
  id: number;
  start: number;
  end: number;
  previous: number;
  next: number;
}

function mergeWithNext(symbols: readonly PieceSymbol[], symbol: PieceSymbol, position: number, mergedId: number): void {
  const next = symbols[symbol.next];
  if (next === undefined) return;
  symbol.id = mergedId;
  symbol.end = next.end;
  symbol.next = next.next;
  next.end = next.start;
  const after = symbols[symbol.next];
  if (after !== undefined) after.previous = position;
}

function pairKey(vocabSize: number, left: number, right: number): number {
  return left * vocabSize + right;
}

function idOf(vocabulary: Vocabulary, token: string, path: string): number {
  const id = vocabulary.tokenToId(token);
  if (id === undefined) {
    throw new TokenizerFormatError(path, "tokens of the vocabulary", `${JSON.stringify(token)}, which it lacks`);
  }
  return id;
}
