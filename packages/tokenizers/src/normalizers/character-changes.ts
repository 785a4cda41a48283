/**
 * A changed text as a list of characters, each with what it does to the characters of the source: the way in which
 * Hugging Face's library places what its Precompiled normalizer writes.
 */

import { nextIndex } from "../pre-tokenizers/character-classes.ts";
import { type AlignedText, AlignedTextBuilder } from "../text/aligned-text.ts";

export class CharacterChanges {
  /** Characters that are there one for one, or a single one with another change. */
  readonly #texts: string[] = [];
  /** 1 adds the character, 0 puts each in the place of one, and -n in the place of one before n that go. */
  readonly #changes: number[] = [];

  /** Goes on with characters that stay as they are. */
  keep(text: string): void {
    if (text !== "") this.#push(text, 0);
  }

  /**
   * Goes on with a replacement. What is removed at the very start of a text is not counted, so that all that follows stands
   * before its place by as much, as it does there.
   */
  replace(before: string, after: string): void {
    const removed = [...before].length;
    let count = 0;
    for (const character of after) this.#push(character, count++ < removed ? 0 : 1);
    if (count < removed) this.#removeAfterLast(removed - count);
  }

  applyTo(source: AlignedText): AlignedText {
    const builder = new AlignedTextBuilder(source);
    let at = 0;
    for (const [index, text] of this.#texts.entries()) {
      const change = this.#changes[index] ?? 0;
      if (change > 0) builder.replaceLast(text, at);
      else if (change === 0 && source.text.startsWith(text, at)) {
        builder.copy(at, at + text.length);
        at += text.length;
      } else {
        at = replaceEach(builder, source.text, at, text);
        for (let gone = change; gone < 0; gone++) at = nextIndex(source.text, at);
      }
    }
    return builder.build();
  }

  /** Lets so many characters go behind the last one, if there is one. */
  #removeAfterLast(count: number): void {
    const text = this.#texts.pop();
    if (text === undefined) return;
    const change = this.#changes.pop() ?? 0;
    const last = text.length - ((text.codePointAt(text.length - 2) ?? 0) > 0xffff ? 2 : 1);
    this.keep(text.slice(0, last));
    this.#push(text.slice(last), change - count);
  }

  #push(text: string, change: number): void {
    this.#texts.push(text);
    this.#changes.push(change);
  }
}

/** Puts each character of `text` in the place of one of the source; returns the place behind them. */
function replaceEach(builder: AlignedTextBuilder, source: string, start: number, text: string): number {
  let at = start;
  for (const character of text) {
    const end = nextIndex(source, at);
    builder.replace(character, at, end);
    at = end;
  }
  return at;
}
