/** Counts how often each piece occurs in texts: what trainers learn from. */

import { PieceTable } from "../lookup/piece-table.ts";
import { AlignedText } from "../text/aligned-text.ts";
import type { Pieces } from "../text/pieces.ts";

export class PieceCounter {
  readonly #pieces = new PieceTable(1 << 16);

  add({ source: { text }, ranges }: Pieces): void {
    for (let i = 0; i < ranges.length; i += 2) {
      const entry = this.#pieces.findOrAdd(text, ranges[i] as number, ranges[i + 1] as number);
      this.#pieces.setValue(entry, this.#pieces.valueOf(entry) + 1);
    }
  }

  /**
   * The counts in the order in which pieces came first.
   *
   * @param rewrite what the model sees of a piece. Default the piece itself
   */
  counts(rewrite?: (piece: AlignedText) => AlignedText): Map<string, number> {
    const counts = new Map<string, number>();
    for (let entry = 0; entry < this.#pieces.size; entry++) {
      const piece = this.#pieces.pieceOf(entry);
      const count = this.#pieces.valueOf(entry);
      const seen = rewrite === undefined ? piece : rewrite(AlignedText.of(piece)).text;
      counts.set(seen, (counts.get(seen) ?? 0) + count);
    }
    return counts;
  }
}
