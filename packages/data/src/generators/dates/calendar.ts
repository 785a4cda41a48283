/** The Gregorian calendar from 1900 on, in whole numbers: days of a month, weekdays, the n-th day. */

/** A day of the calendar. */
export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

const FIRST_YEAR = 1900; // 1 January 1900 was a Monday
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a year has a 29 February. */
function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month. */
function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] as number);
}

/** Days from 1 January 1900 to 1 January of `year`. */
export function daysBeforeYear(year: number): number {
  let days = 0;
  for (let y = FIRST_YEAR; y < year; y++) days += isLeapYear(y) ? 366 : 365;
  return days;
}

/** The date `index` days after 1 January 1900. */
export function dateAt(index: number): CalendarDate {
  let rest = index;
  let year = FIRST_YEAR;
  for (let length = 365; rest >= length; length = isLeapYear(year) ? 366 : 365) {
    rest -= length;
    year += 1;
  }
  let month = 1;
  while (rest >= daysInMonth(year, month)) {
    rest -= daysInMonth(year, month);
    month += 1;
  }
  return { year, month, day: rest + 1 };
}

/** Weekday of a date, 0 is Monday, 6 is Sunday. */
export function weekday(date: CalendarDate): number {
  let days = daysBeforeYear(date.year) + date.day - 1;
  for (let month = 1; month < date.month; month++) days += daysInMonth(date.year, month);
  return days % 7;
}

/** The date as `YYYY-MM-DD` (ISO 8601). */
export function isoDate(date: CalendarDate): string {
  return `${date.year}-${twoDigits(date.month)}-${twoDigits(date.day)}`;
}

/** A number from 0 to 99 with a leading zero. */
export function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
