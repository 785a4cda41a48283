/** Dates as people write them in Chinese; always year, month, day. */
import { type CalendarDate, twoDigits, weekday } from "./calendar.ts";
import { type DateStyle, hasShortYear, shortYear } from "./style.ts";

const DIGITS = [..."〇一二三四五六七八九"];
const WEEKDAYS = [..."一二三四五六日"];

const dayName = (date: CalendarDate) => WEEKDAYS[weekday(date)] as string;
const plain = (date: CalendarDate) => `${date.year}年${date.month}月${date.day}日`;

/** @internal A number from 1 to 99 as it is read: 三, 十, 十一, 二十, 三十一. */
export function chineseNumber(value: number): string {
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  const head = tens === 0 ? "" : tens === 1 ? "十" : `${DIGITS[tens]}十`;
  return `${head}${ones === 0 ? "" : DIGITS[ones]}`;
}

/** @internal A year digit by digit: 二〇二一, or 二零二一 with the other zero. */
export function chineseYear(year: number | string, zero = "〇"): string {
  return [...String(year)].map((digit) => (digit === "0" ? zero : DIGITS[Number(digit)])).join("");
}

/** Digits as wide as Chinese characters. */
function wideDigits(text: string): string {
  return text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
}

/** All Chinese styles. */
export const chineseStyles: readonly DateStyle[] = [
  { name: "year年month月day日", write: plain },
  { name: "year年month月day日 with zeros", write: (d) => `${d.year}年${twoDigits(d.month)}月${twoDigits(d.day)}日` },
  { name: "year年month月day号", write: (d) => `${d.year}年${d.month}月${d.day}号` },
  { name: "with spaces", write: (d) => `${d.year} 年 ${d.month} 月 ${d.day} 日` },
  { name: "公元", write: (d) => `公元${plain(d)}` },
  { name: "wide digits", write: (d) => wideDigits(plain(d)) },
  { name: "short year年month月day日", write: (d) => `${shortYear(d)}年${d.month}月${d.day}日`, applies: hasShortYear },
  { name: "星期 behind", write: (d) => `${plain(d)}星期${dayName(d)}` },
  { name: "周 behind in brackets", write: (d) => `${plain(d)}（周${dayName(d)}）` },
  { name: "周 behind with a space", write: (d) => `${d.year}年${d.month}月${d.day}号 周${dayName(d)}` },
  { name: "星期 before", write: (d) => `星期${dayName(d)}，${plain(d)}` },
  { name: "year.month.day", write: (d) => `${d.year}.${d.month}.${d.day}` },
  { name: "year-month-day without zeros", write: (d) => `${d.year}-${d.month}-${d.day}` },
  { name: "year/month/day", write: (d) => `${d.year}/${d.month}/${d.day}` },
  { name: "year/month/day with zeros", write: (d) => `${d.year}/${twoDigits(d.month)}/${twoDigits(d.day)}` },
  {
    name: "characters with 〇",
    write: (d) => `${chineseYear(d.year)}年${chineseNumber(d.month)}月${chineseNumber(d.day)}日`,
  },
  {
    name: "characters with 零",
    write: (d) => `${chineseYear(d.year, "零")}年${chineseNumber(d.month)}月${chineseNumber(d.day)}日`,
  },
  {
    name: "characters with 号",
    write: (d) => `${chineseYear(d.year)}年${chineseNumber(d.month)}月${chineseNumber(d.day)}号`,
  },
  {
    name: "characters with 星期",
    write: (d) => `${chineseYear(d.year)}年${chineseNumber(d.month)}月${chineseNumber(d.day)}日 星期${dayName(d)}`,
  },
  {
    name: "characters, short year",
    write: (d) => `${chineseYear(shortYear(d), "零")}年${chineseNumber(d.month)}月${chineseNumber(d.day)}日`,
    applies: hasShortYear,
  },
  { name: "digits for the year only", write: (d) => `${d.year}年${chineseNumber(d.month)}月${chineseNumber(d.day)}日` },
];
