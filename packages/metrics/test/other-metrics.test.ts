/** What sacreBLEU does not have, worked out by hand; and what every metric keeps. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bleu,
  characterErrorRate,
  chrf,
  countSegments,
  editDistance,
  exactMatch,
  formatFixed,
  rougeL,
  scoreCorpus,
  type TextMetric,
  ter,
  wordErrorRate,
} from "../src/index.ts";

const scoreOf = (metric: TextMetric, hypothesis: string, ...references: string[]) =>
  scoreCorpus(metric, [hypothesis], [references]);

test("error rates are edits over the length of the reference", () => {
  expect(scoreOf(wordErrorRate(), "the cat sat", "the cat sat down here")).toBe(2 / 5);
  expect(scoreOf(wordErrorRate(), "a b c", "x")).toBe(3);
  expect(scoreOf(wordErrorRate(), "a b", "x y z w", "a c")).toBe(1 / 2);
  expect(scoreOf(characterErrorRate(), "kitten", "sitting")).toBe(3 / 7);
  expect(scoreOf(characterErrorRate(), "👍🏽a", "👍a")).toBe(1 / 2);
  expect(scoreOf(wordErrorRate(), "", "")).toBe(0);
  expect(scoreOf(wordErrorRate(), "a b", "")).toBe(1);
  expect(editDistance([..."abcdef"], [..."azced"])).toBe(3);
});

test("ROUGE-L is the F1 of the longest common subsequence of words", () => {
  // Of Lin (2004), section 3.1: precision and recall are 3/4, then 2/4.
  expect(scoreOf(rougeL(), "police kill the gunman", "police killed the gunman")).toBeCloseTo(3 / 4, 12);
  expect(scoreOf(rougeL(), "the gunman kill police", "police killed the gunman")).toBeCloseTo(2 / 4, 12);
  expect(scoreOf(rougeL(), "A, b!", "b", "a b c")).toBeCloseTo(4 / 5, 12);
  expect(scoreOf(rougeL(), "", "a")).toBe(0);
});

test("exact match looks at all references", () => {
  expect(scoreOf(exactMatch(), " a b ", "c", "a b")).toBe(1);
  expect(scoreOf(exactMatch(), "A", "a")).toBe(0);
  expect(scoreOf(exactMatch({ lowercase: true }), "A", "a")).toBe(1);
});

const everyMetric = [
  bleu(),
  chrf(),
  chrf({ wordOrder: 2 }),
  ter(),
  wordErrorRate(),
  characterErrorRate(),
  rougeL(),
  exactMatch(),
];

describe.each(everyMetric.map((metric) => [metric.name, metric] as const))("%s", (_, metric) => {
  const words = fc.array(fc.constantFrom("a", "b", "C", "d.", "3,5", "中"), { minLength: 4, maxLength: 9 });
  const text = words.map((parts) => parts.join(" "));
  const best = metric.direction === "min" ? 0 : metric.unit === "points" ? 100 : 1;

  test("is best for the references themselves, and never better", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (pairs) => {
        const references = pairs.map(([, reference]) => [reference]);
        const own = references.map(([reference]) => reference!);
        expect(scoreCorpus(metric, own, references)).toBeCloseTo(best, 9);
        const score = scoreCorpus(
          metric,
          pairs.map(([hypothesis]) => hypothesis),
          references,
        );
        expect(metric.direction === "max" ? best - score : score - best).toBeGreaterThanOrEqual(-1e-9);
      }),
      { numRuns: 40 },
    );
  });

  test("needs references for each segment, and a segment", () => {
    expect(() => countSegments(metric, ["a"], [])).toThrow(
      `${metric.name}: expected references for 1 segments, got them for 0`,
    );
    expect(() => countSegments(metric, ["a"], [[]])).toThrow(
      `${metric.name}: expected a reference for segment 0, got none`,
    );
    expect(() => scoreCorpus(metric, [], [])).toThrow(`${metric.name}: expected at least one segment, got none`);
  });
});

test.each([
  [() => bleu({ tokenise: "zh" } as object), "did you mean tokenize?"],
  [
    () => bleu({ tokenize: "ja-mecab" as "zh" }),
    "expected tokenize to be one of 13a, zh, char, intl, none, got ja-mecab",
  ],
  [() => bleu({ maxOrder: 0 }), "expected maxOrder to be an integer >= 1"],
  [() => bleu({ smoothing: "floor", smoothValue: 0 }), "expected smoothValue to be a finite number > 0"],
  [() => chrf({ wordOrder: -1 }), "expected wordOrder to be an integer >= 0"],
  [() => ter({ normalised: true } as object), "did you mean normalized?"],
])("%s is refused", (make, message) => {
  expect(make).toThrow(message);
});

test.each([
  [0.125, 2, "0.12"],
  [0.375, 2, "0.38"],
  [12.5, 0, "12"],
  [13.5, 0, "14"],
  [0.285, 2, "0.28"],
  [-0.125, 2, "-0.12"],
  [100, 2, "100.00"],
  [33.333333, 1, "33.3"],
])("%f with %i decimals is %s, as in Python", (value, decimals, text) => {
  expect(formatFixed(value, decimals)).toBe(text);
});
