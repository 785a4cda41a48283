/** The two-way table between tokens and ids. */
import { TokenizerFormatError } from "../errors.ts";
import { asObject, child, isId, type JsonObject, notAnId, objectFromPairs } from "../json.ts";
import { TokenTable } from "./token-table.ts";

export class Vocabulary {
  /** The value of a token is its id. A Map takes several times as long for strings that it has not seen. */
  readonly #ids: TokenTable;
  /** Lazy: the tokens of a file stand in the table. */
  #tokens: readonly string[] | (() => readonly string[]);
  /** The id of the token at each place of the list; undefined if it is the place. */
  readonly #idOf: ArrayLike<number> | undefined;
  /** Lazy: the tokens by id, with holes where no token has it. */
  #byId: readonly (string | undefined)[] | undefined;

  /** How many tokens there are. */
  readonly length: number;
  /** Whether several tokens have one id. */
  readonly hasSharedIds: boolean;

  /**
   * @param ids    the table of the tokens
   * @param length of the list of tokens
   * @param tokens the list, or what makes it once
   * @param idOf   the id of the token at each place of the list, in rising order. Default: its place
   */
  private constructor(
    ids: TokenTable,
    length: number,
    tokens: readonly string[] | (() => readonly string[]),
    idOf?: ArrayLike<number>,
  ) {
    this.#ids = ids;
    this.length = length;
    this.#tokens = tokens;
    this.#idOf = idOf;
    this.hasSharedIds = idOf !== undefined && hasEqualNeighbours(idOf);
  }

  /** Token `i` of the list gets id `i`. The tokens must differ from each other. */
  static fromTokens(tokens: readonly string[]): Vocabulary {
    const vocabulary = new Vocabulary(
      TokenTable.of(tokens, (place) => place),
      tokens.length,
      [...tokens],
    );
    if (vocabulary.#ids.size === tokens.length) return vocabulary;
    const twice = tokens.find((token, id) => vocabulary.tokenToId(token) !== id);
    throw new TokenizerFormatError("", "tokens that differ", `${JSON.stringify(twice)} twice`);
  }

  /**
   * Token `i` of the list has id `i`. A repeated token keeps all its ids.
   *
   * @param ids what `tokenToId` gives for tokens of the list. Default: the last id of each
   */
  static fromRepeatedTokens(tokens: readonly string[], ids: Iterable<readonly [string, number]> = []): Vocabulary {
    const vocabulary = new Vocabulary(
      TokenTable.of(tokens, (place) => place),
      tokens.length,
      [...tokens],
    );
    for (const [token, id] of ids) vocabulary.#ids.set(token, id);
    return vocabulary;
  }

  /**
   * Reads the `vocab` object of a model: tokens to ids, which may have holes. Of tokens with one id the last decodes: Hugging
   * Face's library leaves it to chance, its JavaScript and its Python take the last.
   */
  static fromJson(value: unknown, path: string): Vocabulary {
    if (value instanceof Vocabulary) return value;
    const object = asObject(value, path);
    const tokens = Object.keys(object);
    checkWellFormed(tokens, path);
    const ids = new Array<number>(tokens.length);
    for (let place = 0; place < tokens.length; place++) {
      const token = tokens[place] as string;
      const id = object[token]; // faster than a list of the values
      if (!isId(id)) throw notAnId(id, child(path, token));
      ids[place] = id;
    }
    const order = orderOf(ids);
    return new Vocabulary(
      TokenTable.of(tokens, (place) => ids[place] as number),
      tokens.length,
      inOrder(tokens, order.places),
      order.ids,
    );
  }

  /**
   * A vocabulary of the tokens of a table, which it takes over; undefined if several have one id, since the order of such is
   * that of an object.
   */
  static fromTable(table: TokenTable): Vocabulary | undefined {
    const order = table.isNumbered ? undefined : orderOf(table.values());
    const vocabulary = new Vocabulary(table, table.size, () => inOrder(table.tokens(), order?.places), order?.ids);
    return vocabulary.hasSharedIds ? undefined : vocabulary;
  }

  /** All tokens in rising order of id; without holes and ids of several tokens, token `i` has id `i`. */
  get tokens(): readonly string[] {
    if (typeof this.#tokens === "function") this.#tokens = this.#tokens();
    return this.#tokens;
  }

  /** One more than the highest id: the size of an embedding. With holes it is more than the number of tokens. */
  get size(): number {
    const last = this.#idOf?.[this.length - 1];
    return last === undefined ? this.length : last + 1;
  }

  /** The id of a token; undefined if the vocabulary lacks it. */
  tokenToId(token: string): number | undefined {
    return this.idOfUnits(token, 0, token.length);
  }

  /** The id of the token that is units `[start, end)` of a text. */
  idOfUnits(text: string, start: number, end: number): number | undefined {
    return this.#ids.get(text, start, end);
  }

  /**
   * The ids of tokens that lie one behind the other in UTF-8, -1 for those that the vocabulary lacks.
   *
   * @param ends where each token ends; the first one starts with the bytes
   */
  idsOf(bytes: Uint8Array, ends: Int32Array): Int32Array {
    return this.#ids.valuesOf(bytes, ends);
  }

  /** The same of tokens that two parts in a row are. They are found fastest in the order of the vocabulary. */
  idsOfPairs(bytes: Uint8Array, ends: Int32Array): Int32Array {
    return this.#ids.valuesOfPairs(bytes, ends);
  }

  /** Calls back with the id of each token and the code units that it starts and ends with, unless it is empty. */
  forEachEnds(visit: (id: number, first: number, last: number) => void): void {
    this.#ids.forEachEnds(visit);
  }

  /** The token of an id; undefined if no token has it. */
  idToToken(id: number): string | undefined {
    this.#byId ??= this.#idOf === undefined ? this.tokens : placedById(this.tokens, this.#idOf);
    return this.#byId[id];
  }

  /** Tokens to ids in rising order of id (JavaScript itself puts keys that look like integers first). */
  toJson(): JsonObject {
    return objectFromPairs(this.tokens.map((token) => [token, this.tokenToId(token) ?? 0]));
  }
}

/** Looks at all tokens at once; where one is not well-formed, searches for it. */
function checkWellFormed(tokens: readonly string[], path: string): void {
  if (tokens.join("\n").isWellFormed()) return;
  const token = tokens.find((each) => !each.isWellFormed());
  if (token !== undefined) {
    throw new TokenizerFormatError(child(path, token), "well-formed Unicode", "a lone surrogate");
  }
}

/** The ids in rising order, undefined if each is its place, and the places that they had, undefined if they stay. */
interface Order {
  readonly ids: ArrayLike<number> | undefined;
  readonly places: readonly number[] | undefined;
}

function orderOf(ids: ArrayLike<number>): Order {
  let isPlace = true;
  let isRising = true;
  for (let place = 0; place < ids.length; place++) {
    const id = ids[place] as number;
    isPlace &&= id === place;
    isRising &&= place === 0 || id >= (ids[place - 1] as number);
  }
  if (isPlace || isRising) return { ids: isPlace ? undefined : ids, places: undefined };
  const places = Array.from({ length: ids.length }, (_, place) => place);
  places.sort((a, b) => (ids[a] as number) - (ids[b] as number));
  return { ids: places.map((place) => ids[place] as number), places };
}

function inOrder(tokens: readonly string[], places: readonly number[] | undefined): readonly string[] {
  return places === undefined ? tokens : places.map((place) => tokens[place] as string);
}

function hasEqualNeighbours(ids: ArrayLike<number>): boolean {
  for (let place = 1; place < ids.length; place++) if (ids[place] === ids[place - 1]) return true;
  return false;
}

function placedById(tokens: readonly string[], idOf: ArrayLike<number>): (string | undefined)[] {
  const byId: (string | undefined)[] = [];
  for (let at = 0; at < tokens.length; at++) byId[idOf[at] as number] = tokens[at];
  return byId;
}
