/**
 * What a style of writing a date is, and the rules that keep every string to one date:
 * a number with slashes or dots is day, month, year unless four digits come first, then it is year, month, day;
 * dashes between numbers follow four digits only; a year of two digits lies in 1969 to 2068 (69-99 are 19xx, 00-68 are 20xx).
 */
import { type CalendarDate, twoDigits } from "./calendar.ts";

/** One way of writing dates. */
export interface DateStyle {
  /** Name for tests and statistics, unique within a language. */
  readonly name: string;
  readonly write: (date: CalendarDate) => string;
  /** Whether the style can write the date. Default: every date. */
  readonly applies?: (date: CalendarDate) => boolean;
}

/** Whether two digits tell the year. */
export function hasShortYear(date: CalendarDate): boolean {
  return date.year >= 1969 && date.year <= 2068;
}

/** The last two digits of the year. */
export function shortYear(date: CalendarDate): string {
  return twoDigits(date.year % 100);
}
