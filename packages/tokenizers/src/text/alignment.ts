/**
 * The ranges of the original for the units of a changed text, as runs: units that were copied one by one, or units that
 * all have one range. A text with few changes needs few runs, whatever its length.
 */

/** In place of an end: the run was copied, its unit `i` is at `start + i`. */
const COPIED = -1;

export class Alignment {
  /** The first unit of each run, in rising order, and where the run starts and ends in the original. */
  readonly #units: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #length = 0;
  /** The run that was looked up last; texts are mostly read from left to right. */
  #recent = 0;

  /** How many units there are. */
  get length(): number {
    return this.#length;
  }

  /** Appends `count` units that were copied from `start` on. */
  copy(start: number, count: number): void {
    if (count <= 0) return;
    if (this.#length > 0 && this.#wouldContinueAt() === start) this.#length += count;
    else this.#push(start, COPIED, count);
  }

  /** Appends `count` units that all have the range `[start, end)`. */
  replace(start: number, end: number, count: number): void {
    if (count === 1 && end === start + 1) this.copy(start, 1);
    else if (count > 0) this.#push(start, end, count);
  }

  /** Appends units `[from, to)` of another alignment. */
  append(other: Alignment, from: number, to: number): void {
    let unit = from;
    for (let run = other.#runOf(from); unit < to; run++) {
      const next = Math.min(to, other.#units[run + 1] ?? other.#length);
      const end = other.#ends[run] ?? COPIED;
      if (end === COPIED) this.copy(other.startOf(unit), next - unit);
      else this.replace(other.#starts[run] ?? 0, end, next - unit);
      unit = next;
    }
  }

  /** The start of a unit in the original. */
  startOf(unit: number): number {
    const run = this.#runOf(unit);
    const start = this.#starts[run] ?? 0;
    return this.#ends[run] === COPIED ? start + unit - (this.#units[run] ?? 0) : start;
  }

  /** The end of a unit in the original. */
  endOf(unit: number): number {
    const run = this.#runOf(unit);
    const end = this.#ends[run] ?? COPIED;
    return end === COPIED ? (this.#starts[run] ?? 0) + unit - (this.#units[run] ?? 0) + 1 : end;
  }

  /** Where the next unit of the last run would stand, had it one; -1 if that was not copied. */
  #wouldContinueAt(): number {
    const last = this.#units.length - 1;
    return this.#ends[last] === COPIED ? (this.#starts[last] ?? 0) + this.#length - (this.#units[last] ?? 0) : -1;
  }

  #push(start: number, end: number, count: number): void {
    this.#units.push(this.#length);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#length += count;
  }

  #runOf(unit: number): number {
    if (!this.#holds(this.#recent, unit)) {
      this.#recent = this.#holds(this.#recent + 1, unit) ? this.#recent + 1 : this.#find(unit);
    }
    return this.#recent;
  }

  #holds(run: number, unit: number): boolean {
    return unit >= (this.#units[run] ?? this.#length) && unit < (this.#units[run + 1] ?? this.#length);
  }

  /** The last run that starts at a unit or before it, by bisection. */
  #find(unit: number): number {
    let low = 0;
    let high = this.#units.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#units[middle] ?? 0) <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
