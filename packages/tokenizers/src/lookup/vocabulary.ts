/** The two-way table between tokens and ids. */
import { TokenizerFormatError } from "../errors.ts";
import { asObject, child, isId, type JsonObject, notAnId, objectFromPairs } from "../json.ts";
import { PieceTable } from "./piece-table.ts";

export class Vocabulary {
  /** All tokens in rising order of id; without holes and ids of several tokens, token `i` has id `i`. */
  readonly tokens: readonly string[];
  /** The value of a token is its id. A Map takes several times as long for strings that it has not seen. */
  readonly #ids: PieceTable;
  /** The tokens by id, with holes where no token has it. */
  readonly #byId: readonly (string | undefined)[];

  /** Whether several tokens have one id. */
  readonly hasSharedIds: boolean;

  /**
   * @param idOf the id of the token at each place of the list, in rising order. Default: its place
   * @param ids  the table of the tokens, if there is one
   */
  private constructor(tokens: readonly string[], idOf?: ArrayLike<number>, ids?: PieceTable) {
    this.tokens = tokens;
    this.#ids = ids ?? tableOf(tokens, idOf);
    this.#byId = idOf === undefined ? tokens : placedById(tokens, idOf);
    this.hasSharedIds = idOf !== undefined && tokens.some((_, at) => at > 0 && idOf[at] === idOf[at - 1]);
  }

  /** Token `i` of the list gets id `i`. The tokens must differ from each other. */
  static fromTokens(tokens: readonly string[]): Vocabulary {
    const vocabulary = new Vocabulary([...tokens]);
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
    const vocabulary = new Vocabulary([...tokens]);
    const table = vocabulary.#ids;
    for (const [token, id] of ids) table.setValue(table.findOrAdd(token, 0, token.length), id);
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
    return Vocabulary.#fromIds(tokens, ids);
  }

  /**
   * A vocabulary of tokens that differ; undefined if several have one id, since the order of such is that of an object.
   *
   * @param table of all the tokens, in the order of the list, with their ids; the vocabulary takes it over
   */
  static fromTable(tokens: readonly string[], ids: readonly number[], table: PieceTable): Vocabulary | undefined {
    const vocabulary = Vocabulary.#fromIds(tokens, ids, table);
    return vocabulary.hasSharedIds ? undefined : vocabulary;
  }

  static #fromIds(tokens: readonly string[], ids: readonly number[], table?: PieceTable): Vocabulary {
    if (ids.every((id, place) => id === place)) return new Vocabulary(tokens, undefined, table);
    if (ids.every((id, place) => place === 0 || id >= (ids[place - 1] as number)))
      return new Vocabulary(tokens, ids, table);
    const places = [...tokens.keys()].sort((a, b) => (ids[a] as number) - (ids[b] as number));
    return new Vocabulary(
      places.map((place) => tokens[place] as string),
      places.map((place) => ids[place] as number),
      table,
    );
  }

  /** One more than the highest id: the size of an embedding. With holes it is more than the number of tokens. */
  get size(): number {
    return this.#byId.length;
  }

  /** The id of a token; undefined if the vocabulary lacks it. */
  tokenToId(token: string): number | undefined {
    return this.idOfUnits(token, 0, token.length);
  }

  /** The id of the token that is units `[start, end)` of a text. */
  idOfUnits(text: string, start: number, end: number): number | undefined {
    const entry = this.#ids.find(text, start, end);
    return entry === -1 ? undefined : this.#ids.valueOf(entry);
  }

  /** The token of an id; undefined if no token has it. */
  idToToken(id: number): string | undefined {
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

function tableOf(tokens: readonly string[], idOf: ArrayLike<number> | undefined): PieceTable {
  const table = new PieceTable(tokens.length);
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string;
    table.setValue(table.findOrAdd(token, 0, token.length), idOf === undefined ? at : (idOf[at] as number));
  }
  return table;
}

function placedById(tokens: readonly string[], idOf: ArrayLike<number>): (string | undefined)[] {
  const byId: (string | undefined)[] = [];
  for (let at = 0; at < tokens.length; at++) byId[idOf[at] as number] = tokens[at];
  return byId;
}
