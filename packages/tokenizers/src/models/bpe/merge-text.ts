/** Merges of which each token is a part of one long text: a file has hundreds of thousands, and strings of them take long. */
export class MergeText {
  readonly #text: string;
  /** Per merge where its left and its right token start and end. */
  #places: Int32Array;
  #length = 0;
  /** Those that do not stand in the text as they are, by their rank: both tokens, one behind the other. */
  readonly #decoded = new Map<number, string>();

  /** @param capacity how many merges to make room for */
  constructor(text: string, capacity: number) {
    this.#text = text;
    this.#places = new Int32Array(4 * Math.ceil(capacity) + 4);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends the merge of two parts of the text. */
  push(leftStart: number, leftEnd: number, rightStart: number, rightEnd: number): void {
    const at = 4 * this.#length++;
    if (at === this.#places.length) this.#grow();
    this.#places[at] = leftStart;
    this.#places[at + 1] = leftEnd;
    this.#places[at + 2] = rightStart;
    this.#places[at + 3] = rightEnd;
  }

  /** Appends the merge of two tokens that are not in the text. */
  pushDecoded(left: string, right: string): void {
    this.#decoded.set(this.#length, left + right);
    this.push(0, left.length, left.length, left.length + right.length);
  }

  /** The text that the tokens of a merge are parts of. */
  textOf(rank: number): string {
    return this.#decoded.get(rank) ?? this.#text;
  }

  /** @param which 0 and 1 for start and end of the left token, 2 and 3 for those of the right one */
  placeOf(rank: number, which: 0 | 1 | 2 | 3): number {
    return this.#places[4 * rank + which] as number; // ranks are below the length
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#places.length);
    larger.set(this.#places);
    this.#places = larger;
  }
}
