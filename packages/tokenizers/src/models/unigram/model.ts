/**
 * The unigram language model: each token has a probability, and a piece is cut into the tokens with the largest product of
 * probabilities.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.2
 */
import { TokenizerFormatError, UnknownTokenError } from "../../errors.ts";
import { child, describe, type JsonObject } from "../../json.ts";
import { TokenTrie } from "../../lookup/token-trie.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import { byteIdsOf } from "../byte-tokens.ts";
import type { Model, ModelToken } from "../model.ts";
import { type Cut, CutFinder } from "./best-cut.ts";
import { Lattice } from "./lattice.ts";
import { nBestCuts, randomCut } from "./lattice-cuts.ts";
import { unigramToJson } from "./serialization.ts";

export interface UnigramOptions {
  readonly vocabulary: Vocabulary;
  /** Natural-log probability of each token, by id. */
  readonly scores: ArrayLike<number>;
  /** The token for characters that the vocabulary lacks. Default none. */
  readonly unkId?: number | undefined;
  /** Encode what is unknown as its UTF-8 bytes, such as `<0xE2>`, if the vocabulary has all of them. Default false. */
  readonly byteFallback?: boolean;
}

/** One way to cut a piece. */
export interface Segmentation {
  readonly tokens: readonly ModelToken[];
  /** Natural log of its probability. */
  readonly score: number;
}

/** The score of an unknown character is this much below that of the least likely token. */
const UNKNOWN_PENALTY = 10;

export class UnigramModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly scores: Float64Array;
  readonly unkId: number | undefined;
  readonly byteFallback: boolean;
  readonly #cuts: CutFinder;
  readonly #lattice: Lattice;

  /** @throws {TokenizerFormatError} unless each token has a finite score, and `unkId` is one of the ids */
  constructor({ vocabulary, scores, unkId, byteFallback = false }: UnigramOptions) {
    this.vocabulary = vocabulary;
    this.scores = Float64Array.from(scores);
    this.unkId = unkId;
    this.byteFallback = byteFallback;
    checkScores(vocabulary, this.scores);
    if (unkId !== undefined && vocabulary.idToToken(unkId) === undefined) {
      throw new TokenizerFormatError("model.unk_id", `null or an id below ${vocabulary.size}`, String(unkId));
    }
    const read = this.scores.map(asHuggingFaceReads);
    const score = read.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    const unknown = unkId === undefined ? undefined : { id: unkId, score: score - UNKNOWN_PENALTY };
    const trie = new TokenTrie(vocabulary.tokens);
    this.#cuts = new CutFinder(trie, read, unknown);
    this.#lattice = new Lattice(trie, read, unknown);
  }

  get unkToken(): string | undefined {
    return this.unkId === undefined ? undefined : this.vocabulary.idToToken(this.unkId);
  }

  /**
   * The most likely segmentation. A run of unknown characters is one token: `token` is the run itself, `id` is `unkId`.
   *
   * @throws {UnknownTokenError} if the tokens cannot make up the piece and there is no unknown token
   */
  tokenize(piece: string): readonly ModelToken[] {
    return this.#tokensOf(piece, this.#cuts.find(piece));
  }

  /**
   * The `n` most likely segmentations, best first; fewer if there are no more.
   *
   * @param n integer >= 1
   * @throws {RangeError} if `n` is not such an integer
   * @throws {UnknownTokenError} as `tokenize`
   */
  nBest(piece: string, n: number): Segmentation[] {
    return nBestCuts(this.#lattice, piece, n).map(({ cut, score }) => ({ tokens: this.#tokensOf(piece, cut), score }));
  }

  /**
   * A random segmentation, drawn with its probability to the power of `alpha`: a network is trained on many cuts of a text.
   *
   * @param alpha  >= 0; 0 makes all segmentations equally likely, a large value favours the best. Usual: 0.1 to 0.5
   * @param random gives the next number of a seeded stream, uniform in `[0, 1)`
   * @throws {RangeError} if `alpha` is below 0 or not a number
   * @throws {UnknownTokenError} as `tokenize`
   * @see Kudo 2018, arXiv:1804.10959, section 3.1
   */
  sample(piece: string, alpha: number, random: () => number): readonly ModelToken[] {
    return this.#tokensOf(piece, randomCut(this.#lattice, piece, alpha, random));
  }

  toJson(): JsonObject {
    return unigramToJson(this);
  }

  #tokensOf(piece: string, cut: Cut | undefined): ModelToken[] {
    if (cut === undefined) throw new UnknownTokenError(piece);
    const tokens: ModelToken[] = [];
    let start = 0;
    let unknownStart = -1;
    for (let index = 0; index < cut.ids.length; index++) {
      const id = cut.ids[index] as number; // there is one for each end
      const end = cut.ends[index] as number;
      if (id === this.unkId) {
        if (unknownStart === -1) unknownStart = start;
      } else {
        if (unknownStart !== -1) this.#pushUnknown(tokens, piece, unknownStart, start);
        unknownStart = -1;
        tokens.push({ id, token: this.vocabulary.idToToken(id) ?? "", start, end });
      }
      start = end;
    }
    if (unknownStart !== -1) this.#pushUnknown(tokens, piece, unknownStart, piece.length);
    return tokens;
  }

  /** A run of unknown characters: a token if the run as a whole is one, else its bytes, else the unknown token. */
  #pushUnknown(tokens: ModelToken[], piece: string, start: number, end: number): void {
    const token = piece.slice(start, end);
    const id = this.vocabulary.tokenToId(token);
    const byteIds = id === undefined && this.byteFallback ? byteIdsOf(this.vocabulary, token) : undefined;
    if (byteIds === undefined) tokens.push({ id: id ?? this.unkId ?? 0, token, start, end });
    else for (const id of byteIds) tokens.push({ id, token: this.vocabulary.idToToken(id) ?? "", start, end });
  }
}

function checkScores(vocabulary: Vocabulary, scores: Float64Array): void {
  if (scores.length !== vocabulary.size || vocabulary.tokens.length !== vocabulary.size) {
    throw new TokenizerFormatError("model.vocab", `${vocabulary.size} scores, one a token`, String(scores.length));
  }
  const index = scores.findIndex((score) => !Number.isFinite(score));
  if (index !== -1) {
    throw new TokenizerFormatError(child(child("model.vocab", index), 1), "a finite number", describe(scores[index]));
  }
}

/**
 * A score as Hugging Face's library reads it from a file: its digits divided by a power of ten, which may miss the nearest
 * number by one place. That decides between cuts of the same tokens in another order, such as ".." before or behind "...".
 */
function asHuggingFaceReads(score: number): number {
  const [, digits = "", fraction = "", exponent = "0"] = /^-?(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(String(score)) ?? [];
  const power = Number(exponent) - fraction.length;
  const scale = Number(`1e${Math.abs(power)}`);
  const value = Number(digits + fraction);
  return (power < 0 ? value / scale : value * scale) * (score < 0 ? -1 : 1);
}
