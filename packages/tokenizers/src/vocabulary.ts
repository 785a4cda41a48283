/** The two-way table between tokens and ids: ids run from 0 without holes. */
import { TokenizerFormatError } from "./errors.ts";
import { asFields, asId, child, type JsonObject, objectFromPairs } from "./json.ts";

export class Vocabulary {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: readonly string[];

  private constructor(tokens: readonly string[], ids: ReadonlyMap<string, number>) {
    this.#tokens = tokens;
    this.#ids = ids;
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

  /** Reads the `vocab` object of a model: tokens to ids. */
  static fromJson(value: unknown, path: string): Vocabulary {
    const fields = asFields(value, path);
    const ids = new Map<string, number>();
    const tokens = new Array<string | undefined>(fields.size).fill(undefined);
    for (const [token, idValue] of fields) {
      const at = child(path, token);
      if (!token.isWellFormed()) throw new TokenizerFormatError(at, "well-formed Unicode", "a lone surrogate");
      const id = asId(idValue, at);
      if (id >= fields.size) {
        throw new TokenizerFormatError(at, `ids from 0 to ${fields.size - 1} without holes`, String(id));
      }
      if (tokens[id] !== undefined) {
        throw new TokenizerFormatError(at, "an id of its own", `${id}, the id of ${JSON.stringify(tokens[id])}`);
      }
      tokens[id] = token;
      ids.set(token, id);
    }
    return new Vocabulary(tokens as string[], ids); // as many distinct ids below size as tokens: every place is taken
  }

  get size(): number {
    return this.#tokens.length;
  }

  /** All tokens, token `i` having id `i`. */
  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /** The id of a token, or undefined. */
  tokenToId(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** The token of an id, or undefined. */
  idToToken(id: number): string | undefined {
    return this.#tokens[id];
  }

  /** Tokens to ids in rising id (JavaScript itself puts keys that look like integers first). */
  toJson(): JsonObject {
    return objectFromPairs(this.#tokens.map((token, id) => [token, id] as const));
  }
}
