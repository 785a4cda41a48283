/** Dates as people write them in English; numbers with slashes are day first. */
import { type CalendarDate, isoDate, twoDigits, weekday } from "./calendar.ts";
import { type DateStyle, hasShortYear, shortYear } from "./style.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const SHORT_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const TENS = " ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const ORDINALS =
  " first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(
    " ",
  );

const month = (date: CalendarDate) => MONTHS[date.month - 1] as string;
const shortMonth = (date: CalendarDate) => SHORT_MONTHS[date.month - 1] as string;
const dayName = (date: CalendarDate) => WEEKDAYS[weekday(date)] as string;
const shortDayName = (date: CalendarDate) => dayName(date).slice(0, 3);

/** 1st, 2nd, 3rd, 4th, 11th, 21st ... */
function nth({ day }: CalendarDate): string {
  if (day >= 11 && day <= 13) return `${day}th`;
  return `${day}${["th", "st", "nd", "rd"][day % 10] ?? "th"}`;
}

/** @internal first ... twentieth, twenty-first ... thirty-first. */
export function englishOrdinal(day: number): string {
  if (day <= 20) return ORDINALS[day] as string;
  if (day === 30) return "thirtieth";
  return `${TENS[Math.floor(day / 10)]}-${ORDINALS[day % 10]}`;
}

/** @internal A year from 1900 to 2099 as it is read out: nineteen oh five, two thousand and five, twenty twenty-one. */
export function englishYear(year: number): string {
  const rest = year % 100;
  if (year >= 2000 && year < 2010) return rest === 0 ? "two thousand" : `two thousand and ${SMALL[rest]}`;
  const century = year < 2000 ? "nineteen" : "twenty";
  if (rest === 0) return `${century} hundred`;
  if (rest < 10) return `${century} oh ${SMALL[rest]}`;
  if (rest < 20) return `${century} ${SMALL[rest]}`;
  return `${century} ${TENS[Math.floor(rest / 10)]}${rest % 10 === 0 ? "" : `-${SMALL[rest % 10]}`}`;
}

/** All English styles. */
export const englishStyles: readonly DateStyle[] = [
  { name: "month day, year", write: (d) => `${month(d)} ${d.day}, ${d.year}` },
  { name: "month nth, year", write: (d) => `${month(d)} ${nth(d)}, ${d.year}` },
  { name: "month the nth, year", write: (d) => `${month(d)} the ${nth(d)}, ${d.year}` },
  { name: "month day year, small letters", write: (d) => `${month(d).toLowerCase()} ${d.day} ${d.year}` },
  { name: "month day, year, capitals", write: (d) => `${month(d).toUpperCase()} ${d.day}, ${d.year}` },
  { name: "day month year", write: (d) => `${d.day} ${month(d)} ${d.year}` },
  { name: "day month year, capitals", write: (d) => `${d.day} ${month(d).toUpperCase()} ${d.year}` },
  { name: "nth month year", write: (d) => `${nth(d)} ${month(d)} ${d.year}` },
  { name: "nth of month year", write: (d) => `${nth(d)} of ${month(d)} ${d.year}` },
  { name: "the nth of month, year", write: (d) => `the ${nth(d)} of ${month(d)}, ${d.year}` },
  { name: "nth month year, small letters", write: (d) => `${nth(d)} ${month(d).toLowerCase()} ${d.year}` },
  { name: "short month day, year", write: (d) => `${shortMonth(d)} ${d.day}, ${d.year}` },
  { name: "short month with a full stop", write: (d) => `${shortMonth(d)}. ${d.day}, ${d.year}` },
  { name: "day short month year", write: (d) => `${twoDigits(d.day)} ${shortMonth(d)} ${d.year}` },
  { name: "day-short month-year", write: (d) => `${d.day}-${shortMonth(d)}-${d.year}` },
  {
    name: "day, short month in capitals, year run together",
    write: (d) => `${twoDigits(d.day)}${shortMonth(d).toUpperCase()}${d.year}`,
  },
  {
    name: "day short month 'short year",
    write: (d) => `${d.day} ${shortMonth(d)} '${shortYear(d)}`,
    applies: hasShortYear,
  },
  { name: "weekday, month day, year", write: (d) => `${dayName(d)}, ${month(d)} ${d.day}, ${d.year}` },
  { name: "weekday, day month year", write: (d) => `${dayName(d)}, ${d.day} ${month(d)} ${d.year}` },
  { name: "weekday the nth of month year", write: (d) => `${dayName(d)} the ${nth(d)} of ${month(d)} ${d.year}` },
  {
    name: "short weekday, day short month year",
    write: (d) => `${shortDayName(d)}, ${d.day} ${shortMonth(d)} ${d.year}`,
  },
  {
    name: "short weekday nth short month year",
    write: (d) => `${shortDayName(d)} ${nth(d)} ${shortMonth(d)} ${d.year}`,
  },
  { name: "day/month/year", write: (d) => `${d.day}/${d.month}/${d.year}` },
  { name: "day/month/year with zeros", write: (d) => `${twoDigits(d.day)}/${twoDigits(d.month)}/${d.year}` },
  {
    name: "day/month/short year",
    write: (d) => `${twoDigits(d.day)}/${twoDigits(d.month)}/${shortYear(d)}`,
    applies: hasShortYear,
  },
  { name: "year-month-day", write: isoDate },
  { name: "ordinal of month year", write: (d) => `the ${englishOrdinal(d.day)} of ${month(d)} ${d.year}` },
  {
    name: "month ordinal, year in words",
    write: (d) => `${month(d)} ${englishOrdinal(d.day)}, ${englishYear(d.year)}`,
  },
  {
    name: "the ordinal of month, year in words",
    write: (d) => `the ${englishOrdinal(d.day)} of ${month(d)}, ${englishYear(d.year)}`,
  },
];
