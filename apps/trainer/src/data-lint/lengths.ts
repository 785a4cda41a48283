/** Lengths: texts without words, and a few that are far longer than the others. */
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintSplits, percent } from "./finding.ts";
import { hasWords, wordsOf } from "./words.ts";

/** Words from which a text is long for a recurrent model, and times the median from which it stands out. */
const LONG = 1000;
const FAR = 20;

export function checkLengths(splits: LintSplits): Finding[] {
  return [...emptyTexts(splits), ...longTexts(splits)];
}

export function emptyTexts(splits: LintSplits): Finding[] {
  return [...splits].flatMap(([split, records]) => {
    const empty = records.filter(({ text }) => !hasWords(text));
    if (empty.length === 0) return [];
    return [
      {
        check: `empty texts in ${split}`,
        severity: empty.length > 0.01 * records.length ? "serious" : "minor",
        message: `${empty.length} of ${records.length} ${split} texts (${percent(empty.length, records.length)}) have no word; there is nothing to learn from them`,
        examples: empty.slice(0, KEPT_EXAMPLES).map((record) => exampleOf(record)),
      } satisfies Finding,
    ];
  });
}

function longTexts(splits: LintSplits): Finding[] {
  return [...splits].flatMap(([split, records]) => {
    const lengths = records.map(({ text }) => wordsOf(text).length);
    const median = [...lengths].sort((a, b) => a - b)[lengths.length >> 1] ?? 0;
    const long = records
      .map((record, index) => ({ record, length: lengths[index]! }))
      .filter(({ length }) => length > LONG && length > FAR * median)
      .sort((a, b) => b.length - a.length);
    if (long.length === 0) return [];
    return [
      {
        check: `very long texts in ${split}`,
        severity: "minor",
        message: `${long.length} ${split} texts have more than ${LONG} words, where half have at most ${median}; they are read whole, which takes time and memory, so cut those that are not meant`,
        examples: long.slice(0, KEPT_EXAMPLES).map(({ record, length }) => exampleOf(record, `${length} words`)),
      } satisfies Finding,
    ];
  });
}
