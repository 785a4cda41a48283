/** What a time says by itself: its place in the hour, day, week, month and year, as points on a circle. */
import { scalar } from "@cellstate/tensor";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The cycles that a model can be told of. */
export const calendarNames = ["minuteOfHour", "hourOfDay", "dayOfWeek", "dayOfMonth", "monthOfYear"] as const;
export type CalendarName = (typeof calendarNames)[number];

/** Where a time (milliseconds since 1970, UTC) is in its cycle, in [0, 1). */
const phases: Readonly<Record<CalendarName, (time: number) => number>> = {
  minuteOfHour: (time) => remainder(time, HOUR_MS) / HOUR_MS,
  hourOfDay: (time) => Math.floor(remainder(time, DAY_MS) / MINUTE_MS) / 1440,
  dayOfWeek: (time) => remainder(Math.floor(time / DAY_MS) + 3, 7) / 7, // 1970-01-01 was a Thursday; Monday is 0
  dayOfMonth: (time) => (new Date(time).getUTCDate() - 1) / 31,
  monthOfYear: (time) => new Date(time).getUTCMonth() / 12,
};

/** Sine and cosine for each cycle, so that its end lies beside its beginning: two numbers in [-1, 1] for each name. */
export function calendarFeatures(time: number, names: readonly CalendarName[]): number[] {
  return names.flatMap((name) => {
    const angle = 2 * Math.PI * phases[name](time);
    return [scalar.sin(angle), scalar.cos(angle)];
  });
}

function remainder(value: number, divisor: number): number {
  return value - Math.floor(value / divisor) * divisor;
}
