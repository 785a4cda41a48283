import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCANNERS } from "../pre-tokenizers/scanners/known-patterns.ts";
import { compileStep } from "./step.ts";
import { translateRegex } from "./translate.ts";

const CHARACTERS = ["a", "b", "B", "é", "\u0301", "中", "7", "½", " ", "\n", "\r", "\u00a0", "'", "s", "!", "🎂", "𝐀"];
const text = fc.string({ unit: fc.constantFrom(...CHARACTERS, "\ud83c", "\udf82"), maxLength: 16 });

const set = fc.constantFrom(
  "a",
  "b",
  "[ab]",
  "[^a]",
  "[\\p{L}\\p{M}]",
  "\\p{N}",
  "\\s",
  "\\S",
  "[🎂𝐀a]",
  "\\n",
  "!",
  "[^]",
);
const quantifier = fc.constantFrom("", "", "+", "*", "?", "{2}", "{1,3}", "{2,}");
const { pattern } = fc.letrec<{ pattern: string; part: string; sequence: string }>((tie) => ({
  pattern: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((choices) => choices.join("|")),
  sequence: fc.array(tie("part"), { maxLength: 3 }).map((parts) => parts.join("")),
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.tuple(set, quantifier).map((both) => both.join("")),
    fc.tuple(tie("pattern"), fc.boolean()).map(([body, isOptional]) => `(?:${body})${isOptional ? "?" : ""}`),
    fc.tuple(fc.constantFrom("(?=", "(?!"), set).map(([opening, body]) => `${opening}${body})`),
  ),
}));

test("a step matches at each place what the engine matches there", () => {
  let compiled = 0;
  fc.assert(
    fc.property(pattern, text, (alternatives, any) => {
      const source = `${alternatives}|[!]`; // expressions without a class have no step
      const step = compileStep(source);
      if (step === undefined) return;
      compiled++;
      expect(endsOf(any, step.match)).toEqual(endsOf(any, engine(source)));
    }),
    { numRuns: 3000 },
  );
  expect(compiled).toBeGreaterThan(900);
});

const DEEPSEEK =
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

describe.each([...SCANNERS.keys(), DEEPSEEK, "\\p{N}{1,3}", "(?i)it's|ſ"])("of %s", (source) => {
  test("a step is made, which matches as the engine does", () => {
    const translated = translateRegex(source);
    const step = compileStep(translated);
    const run = engine(translated);
    fc.assert(
      fc.property(text, (any) => {
        expect(endsOf(any, step?.match ?? (() => 0))).toEqual(endsOf(any, run));
      }),
    );
  });
});

test("more states than are kept are worked out again", () => {
  const source = "(?:[ab]?[bc]?[ac]?[ab]?[bc]?[ac]?[ab]?[bc]?[ac]?[ab]?[bc]?[ac]?)(?:c[ab]{0,12}a|[abc]*b[^a]{9})?";
  const step = compileStep(source);
  const run = engine(source);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 }), (any) => {
      expect(endsOf(any, step?.match ?? (() => 0))).toEqual(endsOf(any, run));
    }),
  );
});

test("other forms are left to the engine", () => {
  for (const source of [
    "(?:[a])+",
    "[a]+?",
    "^[a]",
    "[a]$",
    "(?<=[a])b",
    "(?<n>[a])\\k<n>",
    "(?=[a]+)",
    "(?![a]|b)",
    "(?=)[a]",
    "[a]{2000}",
    "(?:[a]*)?",
    "ab",
    "[a].",
    "\\b[a]",
  ]) {
    expect(compileStep(source), source).toBeUndefined();
  }
});

/** The ends of the matches at all places where a character starts. */
function endsOf(any: string, step: (text: string, at: number) => number): number[] {
  const ends = [step(any, 0)];
  let at = 0;
  for (const character of any) {
    at += character.length;
    ends.push(step(any, at));
  }
  return ends;
}

function engine(source: string): (text: string, at: number) => number {
  const expression = new RegExp(source, "yv");
  return (any, at) => {
    expression.lastIndex = at;
    return expression.test(any) ? expression.lastIndex : -1;
  };
}
