import { expect, test } from "vitest";
import { datesOptions } from "../../config.ts";
import { dateAt, daysBeforeYear, isoDate, weekday } from "./calendar.ts";
import { chineseNumber, chineseYear } from "./chinese.ts";
import { englishOrdinal, englishYear } from "./english.ts";
import { dateStyles, generateDates } from "./generate.ts";
import { germanOrdinal, germanYear } from "./german.ts";

const options = datesOptions.parse({});
const sizes = { train: 3000, dev: 300, test: 300 };
const styles = Object.values(dateStyles).flat();
const LAST_DAY = daysBeforeYear(2100);

test("the calendar agrees with the platform's on every day", () => {
  for (let index = 0; index < LAST_DAY; index++) {
    const date = dateAt(index);
    const platform = new Date(Date.UTC(1900, 0, 1 + index));
    if (isoDate(date) !== platform.toISOString().slice(0, 10) || (weekday(date) + 1) % 7 !== platform.getUTCDay()) {
      expect.fail(`day ${index} is ${isoDate(date)}, weekday ${weekday(date)}`);
    }
  }
});

test("no string stands for two dates, whatever its capitals", () => {
  // Every day with a small day number, where orders could be mixed up, and every fifth of the others.
  const meanings = new Map<string, number>();
  for (let index = 0; index < LAST_DAY; index++) {
    const date = dateAt(index);
    if (date.day > 12 && index % 5 !== 0) continue;
    for (const style of styles) {
      if (style.applies?.(date) === false) continue;
      const text = style.write(date).toLowerCase();
      const other = meanings.get(text);
      if (other !== undefined && other !== index) expect.fail(`${text}: ${isoDate(dateAt(other))} or ${isoDate(date)}`);
      meanings.set(text, index);
    }
  }
  expect(meanings.size).toBeGreaterThan(2_000_000);
}, 60_000);

test("there are at least 40 styles, each with a name of its own", () => {
  expect(styles.length).toBeGreaterThanOrEqual(40);
  for (const list of Object.values(dateStyles)) expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
});

test("dates are written as people write them", () => {
  const date = { year: 2021, month: 3, day: 3 };
  const written = new Set(styles.map((style) => style.write(date)));
  for (const text of [
    "3rd of March 2021",
    "Mar 3, 2021",
    "Wednesday, 3 March 2021",
    "the third of March, twenty twenty-one",
    "3. März 2021",
    "Mittwoch, der 3. März 2021",
    "den 3.3.2021",
    "der dritte März zweitausendeinundzwanzig",
    "2021年3月3日",
    "二〇二一年三月三日",
    "2021年3月3日星期三",
  ]) {
    expect(written).toContain(text);
  }
});

test("numbers are right in words", () => {
  expect([1, 12, 20, 21, 30, 31].map(englishOrdinal).join(" ")).toBe(
    "first twelfth twentieth twenty-first thirtieth thirty-first",
  );
  expect([1900, 1905, 1917, 1990, 2000, 2005, 2010, 2021].map(englishYear)).toEqual([
    "nineteen hundred",
    "nineteen oh five",
    "nineteen seventeen",
    "nineteen ninety",
    "two thousand",
    "two thousand and five",
    "twenty ten",
    "twenty twenty-one",
  ]);
  expect([1, 3, 7, 8, 12, 19, 20, 21, 30, 31].map(germanOrdinal).join(" ")).toBe(
    "erste dritte siebte achte zwölfte neunzehnte zwanzigste einundzwanzigste dreißigste einunddreißigste",
  );
  expect([1900, 1901, 1917, 2000, 2021].map(germanYear).join(" ")).toBe(
    "neunzehnhundert neunzehnhunderteins neunzehnhundertsiebzehn zweitausend zweitausendeinundzwanzig",
  );
  expect([1, 10, 11, 20, 31].map(chineseNumber).join(" ")).toBe("一 十 十一 二十 三十一");
  expect([chineseYear(2005), chineseYear(2005, "零")]).toEqual(["二〇〇五", "二零零五"]);
});

test("every source occurs once in all splits together", () => {
  const sources = Object.values(generateDates(options, sizes, 0)).flatMap((pairs) => pairs.map(({ source }) => source));
  expect(sources.length).toBe(3600);
  expect(new Set(sources.map((source) => source.toLowerCase())).size).toBe(3600);
});

test("only the seed decides, and test and dev do not depend on how large train is", () => {
  expect(generateDates(options, sizes, 3)).toEqual(generateDates(options, sizes, 3));
  expect(generateDates(options, sizes, 3).test).not.toEqual(generateDates(options, sizes, 4).test);
  expect(generateDates(options, { ...sizes, train: 10 }, 3).test).toEqual(generateDates(options, sizes, 3).test);
  expect(generateDates(options, sizes, 0).test.slice(0, 4)).toMatchInlineSnapshot(`
    [
      {
        "source": "29. 10. 2096",
        "target": "2096-10-29",
      },
      {
        "source": "am Dienstag, dem 3. November 1987",
        "target": "1987-11-03",
      },
      {
        "source": "11.06.2028",
        "target": "2028-06-11",
      },
      {
        "source": "1973年6月18日（周一）",
        "target": "1973-06-18",
      },
    ]
  `);
});

test("languages and years can be limited, and sizes that cannot be met are refused", () => {
  const german = generateDates({ languages: ["de"], fromYear: 2020, toYear: 2020 }, { train: 50, dev: 5, test: 5 }, 0);
  expect(german.train.every(({ target }) => target.startsWith("2020-"))).toBe(true);
  expect(() =>
    generateDates({ languages: ["zh"], fromYear: 2020, toYear: 2020 }, { train: 50_000, dev: 5, test: 5 }, 0),
  ).toThrow("generator.sizes.train: 50000 different dates cannot be drawn from these years and languages");
  expect(() => datesOptions.parse({ fromYear: 2000, toYear: 1990 })).toThrow("lies before fromYear");
});
