/** Axes of charts: their range, their ticks and how numbers are written. The page's script uses them too. */
import { format, nice, precisionFixed, ticks } from "./d3.ts";

/** A range of values along a side of a chart; `isLog` for powers of ten at equal distances. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

/** The range from a round number at or below `low` to one at or above `high`, with about `count` ticks. */
export function linearAxis(low: number, high: number, count: number): Axis {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Values that differ only by rounding are drawn as a flat line.
  if (high - low > Math.max(1e-6 * size, 1e-12)) {
    const [from, to] = nice(low, high, count);
    return { low: from, high: to, isLog: false };
  }
  // Scores that are all 0 are no less than that.
  if (size === 0) return { low: 0, high: 1, isLog: false };
  const room = size > 1e-12 ? size / 2 : 1;
  const [from, to] = nice(low - room, high + room, count);
  return { low: from, high: to, isLog: false };
}

/** The range from a power of ten at or below `low`, which is above 0, to one at or above `high`. */
export function logAxis(low: number, high: number): Axis {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  return { low: Number(`1e${first}`), high: Number(`1e${last}`), isLog: true };
}

/** Where a value lies on an axis, from 0, its low end, to 1. */
export function placeOf({ low, high, isLog }: Axis, value: number): number {
  return isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** The value at a place; the inverse of `placeOf`. */
export function valueAt({ low, high, isLog }: Axis, place: number): number {
  return isLog ? low * (high / low) ** place : low + place * (high - low);
}

/** Ticks at the ends of epochs, few enough to stand beside each other. `ends` has the last step of each epoch, in order. */
export function epochTicks({ low, high }: Axis, ends: readonly number[], count: number): Tick[] {
  const seen = ends
    .map((value, index) => ({ value, epoch: index + 1 }))
    .filter(({ value }) => value >= low && value <= high);
  const [first, last] = [seen[0]?.epoch ?? 1, seen.at(-1)?.epoch ?? 1];
  const chosen = new Set(ticks(first, last, count));
  return seen.filter(({ epoch }) => chosen.has(epoch)).map(({ value, epoch }) => ({ value, text: String(epoch) }));
}

/** A round number on an axis and how it is written. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** About `count` round numbers within an axis; powers of ten on a logarithmic one that has two or more. */
export function ticksOf({ low, high, isLog }: Axis, count: number): Tick[] {
  if (isLog && Math.log10(high / low) > 1.99) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const powers = Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
    return powers.map((value) => ({ value, text: numberText(value) }));
  }
  const values = ticks(low, high, count);
  const largest = Math.max(...values.map(Math.abs));
  const decimals = values.length > 1 ? precisionFixed(values[1]! - values[0]!) : 0;
  const write = largest >= 1e4 ? large : largest >= 1e-3 ? format(`.${decimals}f`) : numberText;
  return values.map((value) => ({ value, text: write(value) }));
}

const large = format(".5~s");
const small = format(".4~e");
const usual = format(".5~r");

/** `12.5k`, `0.1234`, `2e-5`. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e4) return large(value);
  return size > 0 && size < 1e-3 ? small(value) : usual(value);
}
