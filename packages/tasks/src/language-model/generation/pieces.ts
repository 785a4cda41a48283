/** The text of tokens as they come: what a token adds to the text so far, once it is whole. */
import type { Vocabulary } from "../vocabulary.ts";

/** Tokens before the ones that wait, by which their text is told apart from its surroundings, such as a blank before a word. */
const SEEN = 4;

export class TextPieces {
  readonly #vocabulary: Vocabulary;
  /** Tokens whose text has been given. */
  #seen: readonly number[];
  /** Tokens whose text is not whole yet, such as the first bytes of a character. */
  #waiting: number[] = [];

  /** @param before  the tokens that the text begins with, which are not given again */
  constructor(vocabulary: Vocabulary, before: readonly number[]) {
    this.#vocabulary = vocabulary;
    this.#seen = this.#sinceLineEnd(before);
  }

  /** Takes a token; gives the text that it completes, which may be empty. */
  add(id: number): string {
    if (id === this.#vocabulary.endId) {
      const text = this.finish() + this.#vocabulary.endText;
      this.#seen = [];
      return text;
    }
    this.#waiting.push(id);
    const text = this.#text();
    if (text.endsWith("\uFFFD") && this.#waiting.length < MAX_WAITING) return "";
    return this.#take(text);
  }

  /** The text of what still waits. */
  finish(): string {
    return this.#waiting.length === 0 ? "" : this.#take(this.#text());
  }

  #text(): string {
    const { tokenizer } = this.#vocabulary;
    const all = tokenizer.decode([...this.#seen, ...this.#waiting]);
    return all.slice(tokenizer.decode(this.#seen).length);
  }

  #take(text: string): string {
    this.#seen = this.#sinceLineEnd([...this.#seen, ...this.#waiting]);
    this.#waiting = [];
    return text;
  }

  /** The last tokens of a line: decoders treat the start of a line as that of a text. */
  #sinceLineEnd(ids: readonly number[]): readonly number[] {
    const { lineEnd, endId } = this.#vocabulary;
    const from = Math.max(ids.lastIndexOf(lineEnd), ids.lastIndexOf(endId)) + 1;
    return ids.slice(Math.max(from, ids.length - SEEN));
  }
}

/** Tokens of the longest character, spelled by bytes. */
const MAX_WAITING = 8;
