/** Dates as people write them in German; numbers with dots are day first. */
import { type CalendarDate, twoDigits, weekday } from "./calendar.ts";
import { type DateStyle, hasShortYear, shortYear } from "./style.ts";

const MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(" ");
const SHORT_MONTHS = "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split(" ");
const ROMAN_MONTHS = "I II III IV V VI VII VIII IX X XI XII".split(" ");
const WEEKDAYS = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(" ");
const SMALL =
  "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split(
    " ",
  );
const TENS = "  zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");
const IRREGULAR_ORDINALS: Readonly<Record<number, string>> = { 1: "erste", 3: "dritte", 7: "siebte", 8: "achte" };

const month = (date: CalendarDate) => MONTHS[date.month - 1] as string;
const shortMonth = (date: CalendarDate) => SHORT_MONTHS[date.month - 1] as string;
const dayName = (date: CalendarDate) => WEEKDAYS[weekday(date)] as string;
const shortDayName = (date: CalendarDate) => dayName(date).slice(0, 2);

/** A number from 1 to 99 in words. */
function germanNumber(value: number): string {
  if (value < 20) return SMALL[value] as string;
  const tens = TENS[Math.floor(value / 10)] as string;
  const ones = value % 10;
  return ones === 0 ? tens : `${ones === 1 ? "ein" : SMALL[ones]}und${tens}`;
}

/** @internal erste, zweite ... einunddreißigste. */
export function germanOrdinal(day: number): string {
  return IRREGULAR_ORDINALS[day] ?? `${germanNumber(day)}${day < 20 ? "te" : "ste"}`;
}

/** @internal A year from 1900 to 2099 in words: neunzehnhundertfünf, zweitausendeinundzwanzig. */
export function germanYear(year: number): string {
  const rest = year % 100;
  return `${year < 2000 ? "neunzehnhundert" : "zweitausend"}${rest === 0 ? "" : germanNumber(rest)}`;
}

/** All German styles. */
export const germanStyles: readonly DateStyle[] = [
  { name: "day. month year", write: (d) => `${d.day}. ${month(d)} ${d.year}` },
  { name: "day. month year with zeros", write: (d) => `${twoDigits(d.day)}. ${month(d)} ${d.year}` },
  { name: "day. month year, small letters", write: (d) => `${d.day}. ${month(d).toLowerCase()} ${d.year}` },
  { name: "day. month year, capitals", write: (d) => `${d.day}. ${month(d).toUpperCase()} ${d.year}` },
  { name: "am day. month year", write: (d) => `am ${d.day}. ${month(d)} ${d.year}` },
  { name: "den day. month year", write: (d) => `den ${d.day}. ${month(d)} ${d.year}` },
  { name: "day. short month year", write: (d) => `${d.day}. ${shortMonth(d)} ${d.year}` },
  { name: "weekday, day. month year", write: (d) => `${dayName(d)}, ${d.day}. ${month(d)} ${d.year}` },
  { name: "weekday, der day. month year", write: (d) => `${dayName(d)}, der ${d.day}. ${month(d)} ${d.year}` },
  { name: "weekday, den day. month year", write: (d) => `${dayName(d)}, den ${d.day}. ${month(d)} ${d.year}` },
  { name: "am weekday, dem day. month year", write: (d) => `am ${dayName(d)}, dem ${d.day}. ${month(d)} ${d.year}` },
  {
    name: "short weekday, day. short month year",
    write: (d) => `${shortDayName(d)}, ${d.day}. ${shortMonth(d)} ${d.year}`,
  },
  { name: "short weekday., day.month.year", write: (d) => `${shortDayName(d)}., ${d.day}.${d.month}.${d.year}` },
  {
    name: "weekday, day.month.year",
    write: (d) => `${dayName(d)}, ${twoDigits(d.day)}.${twoDigits(d.month)}.${d.year}`,
  },
  { name: "day.month.year", write: (d) => `${d.day}.${d.month}.${d.year}` },
  { name: "day.month.year with zeros", write: (d) => `${twoDigits(d.day)}.${twoDigits(d.month)}.${d.year}` },
  { name: "day. month. year with spaces", write: (d) => `${d.day}. ${d.month}. ${d.year}` },
  { name: "den day.month.year", write: (d) => `den ${d.day}.${d.month}.${d.year}` },
  { name: "day.month.short year", write: (d) => `${d.day}.${d.month}.${shortYear(d)}`, applies: hasShortYear },
  {
    name: "day.month.short year with zeros",
    write: (d) => `${twoDigits(d.day)}.${twoDigits(d.month)}.${shortYear(d)}`,
    applies: hasShortYear,
  },
  { name: "day. roman month. year", write: (d) => `${d.day}. ${ROMAN_MONTHS[d.month - 1]}. ${d.year}` },
  { name: "der ordinal month year", write: (d) => `der ${germanOrdinal(d.day)} ${month(d)} ${d.year}` },
  { name: "am ordinal month year", write: (d) => `am ${germanOrdinal(d.day)}n ${month(d)} ${d.year}` },
  {
    name: "der ordinal month, year in words",
    write: (d) => `der ${germanOrdinal(d.day)} ${month(d)} ${germanYear(d.year)}`,
  },
];
