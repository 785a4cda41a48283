import type { Attribution } from "@cellstate/tasks";
import { expect, test } from "vitest";
import { explainedText, legend } from "./explained.ts";

const text = "not a bad\u001b film";
const attribution: Attribution = {
  kind: "occlusion",
  answer: "positive",
  probability: 0.877,
  words: [
    { text: "not", start: 0, end: 3, score: 2 },
    { text: "a", start: 4, end: 5, score: 0.1 },
    { text: "bad", start: 6, end: 9, score: -1.25 },
    { text: "film", start: 11, end: 15, score: 0.4 },
  ],
};

test("words that count have a colour, by the side that they speak for and stronger where they count more", () => {
  expect(explainedText(text, attribution, true)).toBe(
    "\u001b[1mpositive 87.7 %\u001b[22m  \u001b[94m\u001b[1m\u001b[4mnot\u001b[24m\u001b[22m\u001b[39m a " +
      "\u001b[33m\u001b[1m\u001b[4mbad\u001b[24m\u001b[22m\u001b[39m\\u{1b} \u001b[94mfilm\u001b[39m",
  );
  expect(legend(true)).toContain("\u001b[94m");
});

test("without colours they have their scores, and no control character is left", () => {
  expect(explainedText(text, attribution, false)).toBe(
    "positive 87.7 %  [not +2.00] a [bad -1.25]\\u{1b} [film +0.40]",
  );
  expect(legend(false)).toBe("in brackets: what a word adds to the log-probability of the answer");
});
