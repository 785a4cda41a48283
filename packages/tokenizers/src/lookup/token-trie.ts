/**
 * A prefix tree over tokens in three flat arrays, which finds every token that starts at a place of a text in one walk.
 *
 * Its branches are UTF-16 code units. Each node but the root has one branch that leads to it, so node `n` and that
 * branch share a number, and a hash table with open addressing finds the branch of a node and a unit.
 */
export class TokenTrie {
  static readonly ROOT = 0;
  static readonly NONE = -1;
  readonly #ids: Int32Array;
  readonly #parents: Int32Array;
  readonly #units: Uint16Array;
  readonly #table: Int32Array;
  #size = 1;

  /** @param tokens token `i` has id `i`; an empty token is never found */
  constructor(tokens: readonly string[]) {
    const capacity = tokens.reduce((sum, token) => sum + token.length, 1);
    this.#ids = new Int32Array(capacity).fill(TokenTrie.NONE);
    this.#parents = new Int32Array(capacity);
    this.#units = new Uint16Array(capacity);
    this.#table = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2)));
    for (const [id, token] of tokens.entries()) this.#insert(token, id);
  }

  /** How many nodes there are; each has a higher number than its parent. */
  get size(): number {
    return this.#size;
  }

  /** The node that leads to another, which is not the root, and the code unit by which it does. */
  parentOf(node: number): number {
    return this.#parents[node] ?? TokenTrie.ROOT;
  }

  unitOf(node: number): number {
    return this.#units[node] ?? 0;
  }

  /** The node that a code unit leads to, or NONE. */
  step(node: number, unit: number): number {
    const child = this.#table[this.#slotOf(node, unit)] ?? 0;
    return child === 0 ? TokenTrie.NONE : child;
  }

  /** The id of the token that ends at a node, or NONE. */
  idAt(node: number): number {
    return this.#ids[node] ?? TokenTrie.NONE;
  }

  #insert(token: string, id: number): void {
    let node = TokenTrie.ROOT;
    for (let at = 0; at < token.length; at++) {
      const unit = token.charCodeAt(at);
      const slot = this.#slotOf(node, unit);
      const known = this.#table[slot] ?? 0;
      node = known === 0 ? this.#addNode(node, unit, slot) : known;
    }
    if (node !== TokenTrie.ROOT) this.#ids[node] = id;
  }

  #addNode(parent: number, unit: number, slot: number): number {
    const node = this.#size++;
    this.#parents[node] = parent;
    this.#units[node] = unit;
    this.#table[slot] = node;
    return node;
  }

  /** Where the table has the branch, or the free slot where it would be; the root leads nowhere, so 0 means free. */
  #slotOf(parent: number, unit: number): number {
    const mask = this.#table.length - 1;
    let slot = hash(parent, unit) & mask;
    for (;;) {
      const node = this.#table[slot] ?? 0;
      if (node === 0 || (this.#parents[node] === parent && this.#units[node] === unit)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

/** Multiplies by odd constants and folds the high bits down, which the mask of the table would drop. */
function hash(parent: number, unit: number): number {
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(unit + 1, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
