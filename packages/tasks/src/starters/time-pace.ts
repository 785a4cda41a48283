/** What the distance of two rows says about a series: the season that it likely has, how far to look back, and what to read of the calendar. */
import type { CalendarName } from "../forecasting/calendar.ts";
import { commonestStep, type Step, stepsBetween } from "../forecasting/times.ts";
import type { TimeFacts } from "./starter.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Share of the steps with a row below which each row counts as a step: rows such as the days on which a market is open. */
const FEW_STEPS = 0.8;

export type TimePart = "year" | "month" | "day" | "hour" | "minute";

export interface Pace {
  /** Steps of a season; 1: none is known. */
  readonly season: number;
  /** Steps to look back on. */
  readonly context: number;
  readonly calendar: readonly CalendarName[];
  /** Whether each row is a step, whatever its time. */
  readonly isByRow: boolean;
  /** What a step is called, in the plural. */
  readonly unit: string;
  readonly reason: string;
}

/**
 * @param times  of the column; undefined where the time is joined of several
 * @param parts  of which it is joined
 */
export function paceOf(times: TimeFacts | undefined, parts: readonly TimePart[]): Pace {
  const last = parts.at(-1);
  if (times === undefined && last !== undefined) return named(stepOfPart[last]);
  if (times === undefined || times.clock === "number")
    return { ...NO_CALENDAR, reason: "numbered, without a calendar" };
  const runs = risingRuns(times.opening);
  const step = commonestStep(runs, "date");
  const rows = runs.reduce((sum, run) => sum + run.length - 1, 0);
  const steps = runs.reduce((sum, run) => sum + stepsBetween(run[0]!, run.at(-1)!, step), 0);
  if (rows > 0 && rows < FEW_STEPS * steps) {
    const season = step.unit === "time" && step.size === DAY_MS ? 5 : 1;
    const reason = "each row is one, since many days have none (frequency: rows)";
    return { ...NO_CALENDAR, season, context: season > 1 ? 4 * season : NO_CALENDAR.context, isByRow: true, reason };
  }
  return named(step);
}

const NO_CALENDAR: Omit<Pace, "reason"> = { season: 1, context: 30, calendar: [], isByRow: false, unit: "rows" };

/** Of rows without times. */
export const UNTIMED: Pace = {
  ...NO_CALENDAR,
  isByRow: true,
  reason: "each row is one, without a time (frequency: rows)",
};

const stepOfPart: Readonly<Record<TimePart, Step>> = {
  year: { unit: "month", size: 12 },
  month: { unit: "month", size: 1 },
  day: { unit: "time", size: DAY_MS },
  hour: { unit: "time", size: HOUR_MS },
  minute: { unit: "time", size: 60_000 },
};

function named(step: Step): Pace {
  const pace = (unit: string, season: number, seasons: number, calendar: readonly CalendarName[]): Pace => {
    const context = season > 1 ? seasons * season : 30;
    return { season, context, calendar, isByRow: false, unit, reason: `${unit}, by the distance of the rows` };
  };
  const { unit, size } = step;
  if (unit === "month") {
    const [inYear, name] = size === 1 ? [12, "months"] : size === 3 ? [4, "quarters"] : [1, `steps of ${size} months`];
    return pace(name, inYear, 2, inYear > 1 ? ["monthOfYear"] : []);
  }
  if (size === 7 * DAY_MS) return pace("weeks", 52, 2, ["monthOfYear"]);
  if (size === DAY_MS) return pace("days", 7, 4, ["dayOfWeek", "monthOfYear"]);
  if (size === HOUR_MS) return pace("hours", 24, 7, ["hourOfDay", "dayOfWeek"]);
  if (size < DAY_MS && size >= 60_000 && DAY_MS % size === 0) {
    return pace(`steps of ${size / 60_000} minutes`, DAY_MS / size, 2, ["hourOfDay", "dayOfWeek"]);
  }
  return pace(`steps of ${size / 1000} seconds`, 1, 1, []);
}

/** The times between two places where they go back. */
function risingRuns(times: readonly number[]): number[][] {
  const runs: number[][] = [];
  let last = Number.POSITIVE_INFINITY;
  for (const time of times) {
    if (time < last) runs.push([]);
    if (time !== last) runs.at(-1)!.push(time);
    last = time;
  }
  return runs;
}
