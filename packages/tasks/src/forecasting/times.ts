/** Times as files write them, and the grid of equal steps that a series is laid on. */

const DAY_MS = 86_400_000;
const UNIT_MS = { s: 1000, min: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const;

/** The distance of two steps: so many units of time, months of the calendar, or one row whatever its time. */
export type Step =
  | { readonly unit: "time"; readonly size: number }
  | { readonly unit: "month"; readonly size: number }
  | { readonly unit: "row"; readonly size: number };

/** How a file writes its times: dates become milliseconds since 1970, other numbers are times of their own unit. */
export type Clock = "date" | "number";

export interface ParsedTime {
  readonly clock: Clock;
  readonly value: number;
}

const ISO =
  /^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?)?$/;
const QUARTER = /^(\d{4})-?Q([1-4])$/;
/** Columns of a year, a month, a day, an hour and a minute, joined. */
const PARTS = /^(\d{4}) (\d{1,2})(?: (\d{1,2})(?: (\d{1,2})(?: (\d{1,2}))?)?)?$/;
const GERMAN = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/**
 * A time, or what is wrong with the text. Without a zone it counts as UTC, which has no hours twice.
 *
 * Read are `2026-01`, `2026-01-31`, `2026-01-31T12:00:00.5+02:00` (also with `/` or a blank), `2026-Q1`, `31.01.2026 12:00`, `2026 1 31 12` (as
 * columns of year, month, day and hour give it when they are joined), and numbers.
 */
export function parseTime(text: string): ParsedTime | string {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso !== null) {
    const [, year, month, day = "1", hour = "0", minute = "0", second = "0", fraction = "", zone] = iso;
    const local = dateOf(trimmed, [year, month, day, hour, minute, second].map(Number));
    if (typeof local === "string") return local;
    const value = local.value + Math.floor(Number(`0.${fraction || "0"}`) * 1000) - offsetMs(zone);
    return { clock: "date", value };
  }
  const quarter = QUARTER.exec(trimmed);
  if (quarter !== null) return { clock: "date", value: Date.UTC(Number(quarter[1]), 3 * (Number(quarter[2]) - 1), 1) };
  const parts = PARTS.exec(trimmed);
  if (parts !== null) {
    const [, year, month, day = "1", hour = "0", minute = "0"] = parts;
    return dateOf(trimmed, [year, month, day, hour, minute, "0"].map(Number));
  }
  const german = GERMAN.exec(trimmed);
  if (german !== null) {
    const [, day, month, year, hour = "0", minute = "0", second = "0"] = german;
    return dateOf(trimmed, [year, month, day, hour, minute, second].map(Number));
  }
  if (NUMBER.test(trimmed)) return { clock: "number", value: Number(trimmed) };
  const hint = /^\d{1,2}\/\d{1,2}\/\d{2,4}/.test(trimmed) ? ", since day and month cannot be told apart" : "";
  return `expected a time such as 2026-01-31, 2026-01-31T12:00:00+01:00 or a number${hint}, got ${JSON.stringify(trimmed)}`;
}

function dateOf(text: string, parts: readonly number[]): ParsedTime | string {
  const value = instantOf(parts);
  return value === undefined ? `${JSON.stringify(text)} is no date of the calendar` : { clock: "date", value };
}

function instantOf([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[]):
  | number
  | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isReal || hour > 24 || minute > 59 || second > 59) return undefined;
  return date.getTime() + hour * UNIT_MS.h + minute * UNIT_MS.min + second * UNIT_MS.s;
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || "0");
  return (zone.startsWith("-") ? -1 : 1) * minutes * UNIT_MS.min;
}

/** The step that a config names, such as `15min`; undefined for `auto`. */
export function namedStep(frequency: string): Step | undefined {
  if (frequency === "auto" || frequency === "rows") return undefined;
  const [, count, unit] = /^(\d+)(\D+)$/.exec(frequency)!;
  if (unit === "mo") return { unit: "month", size: Number(count) };
  return { unit: "time", size: Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS] };
}

/**
 * The commonest distance of neighbours, of equally common ones the smallest: in months, where all times are the first, or all the last day of
 * one. A single time has the step of a day, or of 1.
 *
 * @param series  rising times of each series
 */
export function commonestStep(series: readonly (readonly number[])[], clock: Clock): Step {
  const isMonthly =
    clock === "date" && series.some((times) => times.length > 1) && series.every((times) => times.every(isMonthTime));
  const counts = new Map<number, number>();
  for (const times of series) {
    const places = isMonthly ? times.map(monthNumber) : times;
    for (let at = 1; at < places.length; at++) {
      const distance = places[at]! - places[at - 1]!;
      if (distance > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
    }
  }
  const [best] = [...counts].sort(([a, often], [b, oftener]) => oftener - often || a - b);
  const size = best?.[0] ?? (clock === "date" ? DAY_MS : 1);
  return { unit: isMonthly ? "month" : "time", size };
}

/** Whether a time is midnight of the first or the last day of a month. */
function isMonthTime(time: number): boolean {
  return time % DAY_MS === 0 && (new Date(time).getUTCDate() === 1 || isMonthEnd(time));
}

function isMonthEnd(time: number): boolean {
  return new Date(time + DAY_MS).getUTCDate() === 1;
}

function monthNumber(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** How many steps lie between two times; not a whole number where a time is off the grid. */
export function stepsBetween(from: number, to: number, step: Step): number {
  if (step.unit !== "month") return (to - from) / step.size;
  const isWhole = new Date(from).getUTCDate() === new Date(to).getUTCDate() || (isMonthEnd(from) && isMonthEnd(to));
  return isWhole ? (monthNumber(to) - monthNumber(from)) / step.size : Number.NaN;
}

/** The time so many steps after another. */
export function stepFrom(from: number, steps: number, step: Step): number {
  if (step.unit !== "month") return from + steps * step.size;
  const date = new Date(from);
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + steps * step.size + 1, 0)); // its last day
  if (!isMonthEnd(from)) target.setUTCDate(Math.min(target.getUTCDate(), date.getUTCDate()));
  return target.getTime() + (from - Math.floor(from / DAY_MS) * DAY_MS);
}

/** How a series counts its time. */
export interface Timing {
  readonly clock: Clock;
  readonly step: Step;
}

/** A time as answers write it: `2026-01-31` where steps are whole days, else `2026-01-31T12:00:00Z`; numbers as they are. */
export function formatTime(time: number, { clock, step }: Timing): string {
  if (clock === "number") return String(time);
  const text = new Date(time).toISOString();
  const isDay = time % DAY_MS === 0 && (step.unit === "month" || step.size % DAY_MS === 0);
  return isDay ? text.slice(0, 10) : text.replace(/\.000Z$/, "Z");
}
