/** Counts the pieces of training texts, one text after the other: the texts themselves are not kept. */

import type { Normalizer } from "../normalizers/normalizer.ts";
import type { PreTokenizer } from "../pre-tokenizers/pre-tokenizer.ts";
import { AlignedText } from "../text/aligned-text.ts";
import { onePiece } from "../text/pieces.ts";
import { PieceCounter } from "./piece-counter.ts";
import { report, type TrainingWatch } from "./training-watch.ts";

const TEXTS_PER_REPORT = 100;

export class TextCounter {
  readonly #normalizer: Normalizer | undefined;
  readonly #preTokenizer: PreTokenizer;
  readonly #watch: TrainingWatch;
  readonly #pieces = new PieceCounter();
  #texts = 0;

  constructor(normalizer: Normalizer | undefined, preTokenizer: PreTokenizer, watch: TrainingWatch) {
    this.#normalizer = normalizer;
    this.#preTokenizer = preTokenizer;
    this.#watch = watch;
  }

  /** @throws the reason of the watch's signal if it is aborted */
  add(text: string): void {
    if (this.#texts % TEXTS_PER_REPORT === 0) report(this.#watch, "counting", this.#texts);
    this.#texts++;
    const source = AlignedText.ofText(text);
    this.#pieces.add(this.#preTokenizer.cut(onePiece(this.#normalizer?.normalize(source) ?? source)));
  }

  /** How often each piece was seen in all texts. */
  finish(): ReadonlyMap<string, number> {
    report(this.#watch, "counting", this.#texts, this.#texts);
    return this.#pieces.counts(this.#preTokenizer.rewrite);
  }
}
