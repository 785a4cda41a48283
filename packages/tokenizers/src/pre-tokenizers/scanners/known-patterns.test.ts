import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AlignedText } from "../../text/aligned-text.ts";
import { preTokenize } from "../pre-tokenizer.ts";
import { SplitPreTokenizer } from "../split.ts";
import { SCANNERS } from "./known-patterns.ts";

const PARTS =
  "a b Z É é ß ǅ ʰ 中 ァ ٣ ½ 7 42 12345 ' 's 'S 'ſ 'LL 're 'Ve 'm \u0301 \u20dd ! / // .. 🎂 𝐀 𝐚 𞤀 \u212a \u0130".split(
    " ",
  );
const SPACES = [" ", "  ", "\n", "\r\n", "\t", "\u0085", "\u00a0", "\u3000", "\u2028", "\ufeff", "\u200b"];

/** Strings of all of Unicode, and of the characters that patterns tell apart. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.constantFrom(...PARTS, ...SPACES), { maxLength: 20 }).map((parts) => parts.join("")),
);

function cut(pattern: string, behavior: "Isolated" | "Contiguous", text: string): string[] {
  const preTokenizer = new SplitPreTokenizer({ pattern: { Regex: pattern }, behavior });
  return preTokenize(preTokenizer, AlignedText.of(text)).map((piece) => piece.text);
}

describe.each([...SCANNERS])("the scanner of %s", (pattern, scan) => {
  // A group around it is another text, so that this is not a pattern with a scanner.
  const expression = new SplitPreTokenizer({ pattern: { Regex: `(?:${pattern})` } });

  test("cuts as the regular expression does", () => {
    fc.assert(
      fc.property(anyText, (any) => {
        const text = any.toWellFormed();
        const ranges: number[] = [];
        scan(text, 0, text.length, ranges);
        const scanned = Array.from({ length: ranges.length / 2 }, (_, i) =>
          text.slice(ranges[2 * i], ranges[2 * i + 1]),
        );
        expect(scanned).toEqual(preTokenize(expression, AlignedText.of(text)).map((piece) => piece.text));
      }),
      { numRuns: 2000 },
    );
  });

  test("looks at nothing outside of its range", () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, any, after) => {
        const text = any.toWellFormed();
        const [alone, within]: number[][] = [[], []];
        scan(text, 0, text.length, alone ?? []);
        const start = before.toWellFormed().length;
        scan(before.toWellFormed() + text + after.toWellFormed(), start, start + text.length, within ?? []);
        expect(within?.map((at) => at - start)).toEqual(alone);
      }),
    );
  });
});

test("a split takes the scanner where its behavior leaves the matches as they are", () => {
  const [pattern = ""] = SCANNERS.keys();
  expect(cut(pattern, "Isolated", "It's 12 o'clock  now")).toEqual([
    "It",
    "'s",
    " 12",
    " o",
    "'",
    "clock",
    " ",
    " now",
  ]);
  expect(cut(pattern, "Contiguous", "It's 12")).toEqual(["It's 12"]);
});
