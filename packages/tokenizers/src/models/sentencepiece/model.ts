/**
 * The model of a SentencePiece `.model` file: gives the tokens that SentencePiece gives for a normalized text.
 *
 * Differences: where a part of a text is spelled like a piece of the type `control`, which the algorithms `bpe`, `word` and
 * `char` can come upon, SentencePiece fails; here the part is unknown.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226
 */
import { TokenizerFormatError } from "../../errors.ts";
import { child, type JsonObject } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import { byteIdsOf } from "../byte-tokens.ts";
import type { Model, ModelToken } from "../model.ts";
import type { Cut } from "../unigram/best-cut.ts";
import type { Lattice } from "../unigram/lattice.ts";
import { nBestCuts, randomCut } from "../unigram/lattice-cuts.ts";
import type { Segmentation } from "../unigram/model.ts";
import { BpeSegmenter } from "./bpe-segmenter.ts";
import { faultOf, type SentencePiece, SentencePieces } from "./pieces.ts";
import { CharSegmenter, type Segmenter, type SentencePieceAlgorithm, WordSegmenter } from "./segmenter.ts";
import { sentencePieceToJson } from "./serialization.ts";
import { UnigramSegmenter } from "./unigram-segmenter.ts";

export interface SentencePieceOptions {
  readonly algorithm: SentencePieceAlgorithm;
  /** The vocabulary by id; one of them is of the type `unknown`, and finite scores are float32. */
  readonly pieces: readonly SentencePiece[];
  /** Encode what is unknown as its UTF-8 bytes, for which all 256 pieces of the type `byte` are there. Default false. */
  readonly byteFallback?: boolean;
}

export class SentencePieceModel implements Model {
  readonly algorithm: SentencePieceAlgorithm;
  readonly pieces: readonly SentencePiece[];
  readonly byteFallback: boolean;
  readonly vocabulary: Vocabulary;
  readonly #unkId: number;
  readonly #segmenter: Segmenter;
  readonly #lattice: Lattice | undefined;

  /** @throws {TokenizerFormatError} for pieces that SentencePiece refuses: one twice, none of the type `unknown` ... */
  constructor({ algorithm, pieces, byteFallback = false }: SentencePieceOptions) {
    const fault = faultOf(pieces, byteFallback);
    if (fault !== undefined) {
      const path = fault.id === undefined ? "model.vocab" : child("model.vocab", fault.id);
      throw new TokenizerFormatError(path, fault.expected, fault.got);
    }
    const table = new SentencePieces(pieces);
    this.algorithm = algorithm;
    this.pieces = pieces;
    this.byteFallback = byteFallback;
    this.vocabulary = table.vocabulary;
    this.#unkId = table.unkId;
    this.#segmenter = segmenterOf(algorithm, table);
    this.#lattice = this.#segmenter instanceof UnigramSegmenter ? this.#segmenter.lattice : undefined;
  }

  get unkToken(): string | undefined {
    return this.pieces[this.#unkId]?.piece;
  }

  /**
   * The pieces of a text. A run of unknown ones is one token, whose `token` is the run itself; with byte fallback all its
   * bytes are tokens, of which the last has the range of the character and those before it are empty.
   */
  tokenize(piece: string): readonly ModelToken[] {
    return this.#tokensOf(piece, this.#segmenter.cut(piece));
  }

  /**
   * The `n` most likely segmentations of a unigram model, best first; fewer if there are no more.
   *
   * @param n integer >= 1
   * @throws {RangeError} if `n` is not such an integer, and for another algorithm
   */
  nBest(piece: string, n: number): Segmentation[] {
    return nBestCuts(this.#unigramLattice("nBest"), piece, n).map(({ cut, score }) => ({
      tokens: this.#tokensOf(piece, cut),
      score,
    }));
  }

  /**
   * A random segmentation of a unigram model, drawn with its probability to the power of `alpha`.
   *
   * @param alpha  >= 0; 0 makes all segmentations equally likely, a large value favours the best. Usual: 0.1 to 0.5
   * @param random gives the next number of a seeded stream, uniform in `[0, 1)`
   * @throws {RangeError} if `alpha` is below 0 or not a number, and for another algorithm
   */
  sample(piece: string, alpha: number, random: () => number): readonly ModelToken[] {
    return this.#tokensOf(piece, randomCut(this.#unigramLattice("sample"), piece, alpha, random));
  }

  toJson(): JsonObject {
    return sentencePieceToJson(this);
  }

  #unigramLattice(method: string): Lattice {
    if (this.#lattice !== undefined) return this.#lattice;
    throw new RangeError(`${method}: expected a SentencePiece model of the kind unigram, got ${this.algorithm}`);
  }

  #tokensOf(piece: string, { ids, ends }: Cut): ModelToken[] {
    const tokens: ModelToken[] = [];
    let start = 0;
    let unknownStart = -1;
    for (const [index, id] of ids.entries()) {
      const end = ends[index] as number; // there is one for each id
      if (id !== this.#unkId) tokens.push({ id, token: this.vocabulary.idToToken(id) ?? "", start, end });
      else if (this.byteFallback) this.#pushBytes(tokens, piece, start, end);
      else {
        if (unknownStart === -1) unknownStart = start;
        else tokens.pop();
        tokens.push({ id, token: piece.slice(unknownStart, end), start: unknownStart, end });
      }
      if (id !== this.#unkId) unknownStart = -1;
      start = end;
    }
    return tokens;
  }

  #pushBytes(tokens: ModelToken[], piece: string, start: number, end: number): void {
    const ids = byteIdsOf(this.vocabulary, piece.slice(start, end)) ?? [];
    for (const [index, id] of ids.entries()) {
      const isLast = index === ids.length - 1;
      tokens.push({ id, token: this.vocabulary.idToToken(id) ?? "", start, end: isLast ? end : start });
    }
  }
}

function segmenterOf(algorithm: SentencePieceAlgorithm, pieces: SentencePieces): Segmenter {
  switch (algorithm) {
    case "unigram":
      return new UnigramSegmenter(pieces);
    case "bpe":
      return new BpeSegmenter(pieces);
    case "word":
      return new WordSegmenter(pieces);
    case "char":
      return new CharSegmenter(pieces);
    default:
      return algorithm satisfies never;
  }
}
