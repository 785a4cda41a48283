/** The tokens of a vocabulary that grows while it is learned. */
export class SymbolTable {
  /** Token `i` has id `i`. */
  readonly tokens: string[] = [];
  readonly #ids = new Map<string, number>();

  /** @param tokens get the first ids */
  constructor(tokens: readonly string[]) {
    for (const token of tokens) this.idOf(token);
  }

  get size(): number {
    return this.tokens.length;
  }

  /** The id of a token, which is added if it is new. */
  idOf(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.tokens.push(token) - 1;
    this.#ids.set(token, id);
    return id;
  }

  find(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string {
    return this.tokens[id] ?? "";
  }
}
