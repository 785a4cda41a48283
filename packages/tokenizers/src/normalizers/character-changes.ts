/**
 * A changed text as a list of characters, each with what it does to the characters of the source: the way in which
 * Hugging Face's library places what its Precompiled normalizer writes.
 */
import { type AlignedText, AlignedTextBuilder } from "../aligned-text.ts";

export class CharacterChanges {
  readonly #characters: string[] = [];
  /** 1 adds the character, 0 puts it in the place of one, and -n in the place of one before n that go. */
  readonly #changes: number[] = [];

  /** Goes on with characters that stay as they are. */
  keep(text: string): void {
    for (const character of text) this.#push(character, 0);
  }

  /**
   * Goes on with a replacement. What is removed at the very start of a text is not counted, so that all that follows stands
   * before its place by as much, as it does there.
   */
  replace(before: string, after: string): void {
    const removed = [...before].length;
    let count = 0;
    for (const character of after) this.#push(character, count++ < removed ? 0 : 1);
    const last = this.#changes.length - 1;
    if (count < removed && last >= 0) this.#changes[last] = (this.#changes[last] ?? 0) + count - removed;
  }

  applyTo(source: AlignedText): AlignedText {
    const builder = new AlignedTextBuilder(source);
    let at = 0;
    for (const [index, character] of this.#characters.entries()) {
      const change = this.#changes[index] ?? 0;
      const end = at + codePointLength(source.text, at);
      if (change > 0) builder.replaceLast(character, at);
      else {
        builder.replace(character, at, end);
        at = end;
        for (let gone = change; gone < 0; gone++) at += codePointLength(source.text, at);
      }
    }
    return builder.build();
  }

  #push(character: string, change: 0 | 1): void {
    this.#characters.push(character);
    this.#changes.push(change);
  }
}

function codePointLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}
