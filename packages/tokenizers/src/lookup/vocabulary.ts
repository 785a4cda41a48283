/** The two-way table between tokens and ids. */
import { TokenizerFormatError } from "../errors.ts";
import { asEntries, child, isId, type JsonObject, notAnId, objectFromPairs } from "../json.ts";

export class Vocabulary {
  /** All tokens in rising order of id; without holes and ids of several tokens, token `i` has id `i`. */
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  /** The tokens by id, with holes where no token has it. */
  readonly #byId: readonly (string | undefined)[];

  private constructor(
    tokens: readonly string[],
    ids: ReadonlyMap<string, number>,
    byId: readonly (string | undefined)[] = tokens,
  ) {
    this.tokens = tokens;
    this.#ids = ids;
    this.#byId = byId;
  }

  /** Token `i` of the list gets id `i`. The tokens must differ from each other. */
  static fromTokens(tokens: readonly string[]): Vocabulary {
    const ids = new Map<string, number>();
    for (const [id, token] of tokens.entries()) {
      if (ids.has(token)) throw new TokenizerFormatError("", "tokens that differ", `${JSON.stringify(token)} twice`);
      ids.set(token, id);
    }
    return new Vocabulary([...tokens], ids);
  }

  /**
   * Token `i` of the list has id `i`. A repeated token keeps all its ids.
   *
   * @param ids what `tokenToId` gives. Default: the last id of each token
   */
  static fromRepeatedTokens(
    tokens: readonly string[],
    ids: ReadonlyMap<string, number> = new Map(tokens.map((token, id) => [token, id] as const)),
  ): Vocabulary {
    return new Vocabulary([...tokens], ids);
  }

  /**
   * Reads the `vocab` object of a model: tokens to ids, which may have holes. Of tokens with one id the last decodes: Hugging
   * Face's library leaves it to chance, its JavaScript and its Python take the last.
   */
  static fromJson(value: unknown, path: string): Vocabulary {
    const pairs = asEntries(value, path);
    let isSorted = true;
    let last = -1;
    for (const [token, id] of pairs) {
      if (!token.isWellFormed()) {
        throw new TokenizerFormatError(child(path, token), "well-formed Unicode", "a lone surrogate");
      }
      if (!isId(id)) throw notAnId(id, child(path, token));
      isSorted &&= id >= last;
      last = id;
    }
    const sorted = pairs as [string, number][]; // each was looked at
    if (!isSorted) sorted.sort(([, a], [, b]) => a - b);
    const byId: (string | undefined)[] = [];
    for (const [token, id] of sorted) byId[id] = token;
    return new Vocabulary(
      sorted.map(([token]) => token),
      new Map(sorted),
      byId,
    );
  }

  /** One more than the highest id: the size of an embedding. With holes it is more than the number of tokens. */
  get size(): number {
    return this.#byId.length;
  }

  /** The id of a token; undefined if the vocabulary lacks it. */
  tokenToId(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** The token of an id; undefined if no token has it. */
  idToToken(id: number): string | undefined {
    return this.#byId[id];
  }

  /** Tokens to ids in rising order of id (JavaScript itself puts keys that look like integers first). */
  toJson(): JsonObject {
    return objectFromPairs(this.#ids);
  }
}
