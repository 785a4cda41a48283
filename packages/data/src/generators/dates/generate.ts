/** Draws dates in many styles, each paired with its ISO form, for the dataset `dates`. */
import { DataConfigError } from "../../errors.ts";
import { DrawStream } from "../../random.ts";
import { type CalendarDate, dateAt, daysBeforeYear, isoDate } from "./calendar.ts";
import { chineseStyles } from "./chinese.ts";
import { englishStyles } from "./english.ts";
import { germanStyles } from "./german.ts";
import type { DatesOptions } from "./options.ts";
import type { DateStyle } from "./style.ts";

/** A date as someone wrote it, and its ISO form `YYYY-MM-DD`. */
export type DatePair = Readonly<Record<"source" | "target", string>>;

/** Styles by language. */
export const dateStyles: Readonly<Record<DatesOptions["languages"][number], readonly DateStyle[]>> = {
  en: englishStyles,
  de: germanStyles,
  zh: chineseStyles,
};

/** Test comes first, so that its dates do not depend on how large train is. */
const DRAWING_ORDER = ["test", "dev", "train"] as const;
/** Draws in a row that may hit strings already taken, before the sizes are called too large. */
const MAX_MISSES = 1000;

/**
 * Splits of date pairs. Language, style and day are drawn evenly; no source string occurs twice, in one split or two, even
 * if capitals are ignored.
 *
 * @param sizes  pairs in each split
 * @param seed   equal seeds give equal pairs on every engine
 * @throws {DataConfigError} if the sizes ask for more different strings than the years and styles give
 */
export function generateDates(
  options: DatesOptions,
  sizes: Readonly<Record<(typeof DRAWING_ORDER)[number], number>>,
  seed: number,
): Record<(typeof DRAWING_ORDER)[number], DatePair[]> {
  const taken = new Set<string>();
  const splits = { train: [] as DatePair[], dev: [] as DatePair[], test: [] as DatePair[] };
  for (const split of DRAWING_ORDER) {
    const random = new DrawStream(seed, `dates/${split}`);
    const pairs = splits[split];
    for (let misses = 0; pairs.length < sizes[split]; ) {
      const pair = drawPair(options, random);
      const key = pair.source.toLowerCase();
      if (taken.has(key)) {
        misses += 1;
        if (misses > MAX_MISSES) throw tooMany(split, sizes[split]);
        continue;
      }
      misses = 0;
      taken.add(key);
      pairs.push(pair);
    }
  }
  return splits;
}

function drawPair(options: DatesOptions, random: DrawStream): DatePair {
  for (;;) {
    const style = random.pick(dateStyles[random.pick(options.languages)]);
    const date = drawDate(options, random);
    // Every language has styles that write any date, so a draw that does not fit is followed by one that does.
    if (style.applies?.(date) ?? true) return { source: style.write(date), target: isoDate(date) };
  }
}

function drawDate({ fromYear, toYear }: DatesOptions, random: DrawStream): CalendarDate {
  const first = daysBeforeYear(fromYear);
  return dateAt(first + random.below(daysBeforeYear(toYear + 1) - first));
}

function tooMany(split: string, size: number): DataConfigError {
  return new DataConfigError(
    `generator.sizes.${split}`,
    `${size} different dates cannot be drawn from these years and languages; lower the sizes or widen the years`,
  );
}
