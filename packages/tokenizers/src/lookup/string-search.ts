/**
 * Finds many strings in a text at once: a prefix tree of the strings whose nodes also know where to go on when the text
 * leaves it, so that no character is looked at again while nothing is found.
 *
 * @see Aho and Corasick 1975, "Efficient string matching: an aid to bibliographic search"
 */
import { TokenTrie } from "./token-trie.ts";

/** Units `[start, end)` of a text, and the index of the string that stands there. */
interface Match {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

export class StringSearch {
  readonly #trie: TokenTrie;
  /** Per node the number of units from the root. */
  readonly #depths: Int32Array;
  /** Per node that of the longest proper suffix that is in the tree. */
  readonly #suffixes: Int32Array;
  /** Per node that of the longest string that ends there: its own, or a suffix; the root for none. */
  readonly #longest: Int32Array;
  /** The code unit that all strings begin with, which is searched for natively, or 1 for each that some begin with. */
  readonly #first: string | Uint8Array;

  /** @param strings different from each other; an empty one, or one that is not well-formed, is never found */
  constructor(strings: readonly string[]) {
    const findable = strings.map((string) => (string.isWellFormed() ? string : ""));
    this.#trie = new TokenTrie(findable);
    const { size } = this.#trie;
    this.#depths = new Int32Array(size);
    this.#suffixes = new Int32Array(size);
    this.#longest = new Int32Array(size);
    this.#link();
    this.#first = firstUnits(findable);
  }

  /** The leftmost match from `from` on, the longest of those that start there; undefined if there is none. */
  find(text: string, from: number): Match | undefined {
    let node: number = TokenTrie.ROOT;
    let found: Match | undefined;
    for (let at = from; at < text.length; at++) {
      if (node === TokenTrie.ROOT) {
        at = this.#nextFirst(text, at);
        if (at === -1) break;
      }
      node = this.#next(node, text.charCodeAt(at));
      const end = at + 1;
      // What the node spells is the earliest that may still become a match.
      if (found !== undefined && end - (this.#depths[node] as number) > found.start) return found;
      const last = this.#longest[node] as number;
      const start = end - (this.#depths[last] as number);
      if (last !== TokenTrie.ROOT && (found === undefined || start <= found.start)) {
        found = { index: this.#trie.idAt(last), start, end };
      }
    }
    return found;
  }

  /** Where the next string may begin, or -1. */
  #nextFirst(text: string, from: number): number {
    const first = this.#first;
    if (typeof first === "string") return first === "" ? -1 : text.indexOf(first, from);
    let at = from;
    while (at < text.length && first[text.charCodeAt(at)] === 0) at++;
    return at < text.length ? at : -1;
  }

  #next(from: number, unit: number): number {
    for (let node = from; ; node = this.#suffixes[node] as number) {
      const next = this.#trie.step(node, unit);
      if (next !== TokenTrie.NONE) return next;
      if (node === TokenTrie.ROOT) return TokenTrie.ROOT;
    }
  }

  /** Fills the tables: those of a node need those of all that are nearer to the root. */
  #link(): void {
    const trie = this.#trie;
    for (let node = 1; node < trie.size; node++) this.#depths[node] = (this.#depths[trie.parentOf(node)] as number) + 1;
    const byDepth = Int32Array.from({ length: trie.size - 1 }, (_, index) => index + 1).sort(
      (left, right) => (this.#depths[left] as number) - (this.#depths[right] as number),
    );
    for (const node of byDepth) {
      const parent = trie.parentOf(node);
      if (parent !== TokenTrie.ROOT) {
        this.#suffixes[node] = this.#next(this.#suffixes[parent] as number, trie.unitOf(node));
      }
      const ends = trie.idAt(node) !== TokenTrie.NONE;
      this.#longest[node] = ends ? node : (this.#longest[this.#suffixes[node] as number] as number);
    }
  }
}

function firstUnits(strings: readonly string[]): string | Uint8Array {
  const units = new Set(strings.map((string) => string.slice(0, 1)).filter((unit) => unit !== ""));
  const [only = ""] = units;
  if (units.size <= 1) return only;
  const isFirst = new Uint8Array(0x10000);
  for (const unit of units) isFirst[unit.charCodeAt(0)] = 1;
  return isFirst;
}
