/** Finds the longest of a few strings that a text goes on with at a place. */
import { TokenTrie } from "./token-trie.ts";

export class PrefixMatcher {
  readonly #trie: TokenTrie;

  /** @param strings well-formed; an empty one is never found */
  constructor(strings: readonly string[]) {
    this.#trie = new TokenTrie(strings);
  }

  /** Where the longest string that begins at `start` ends; `start` itself if none does. */
  endOfMatch(text: string, start: number): number {
    if (this.#trie.size === 1) return start;
    let end = start;
    let node: number = TokenTrie.ROOT;
    for (let at = start; at < text.length; at++) {
      node = this.#trie.step(node, text.charCodeAt(at));
      if (node === TokenTrie.NONE) break;
      if (this.#trie.idAt(node) !== TokenTrie.NONE) end = at + 1;
    }
    return end;
  }
}
