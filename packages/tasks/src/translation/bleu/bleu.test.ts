import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bleu, bleuSignature } from "./bleu.ts";
import { tokenize13a } from "./tokenize-13a.ts";

interface Golden {
  readonly sacrebleu: string;
  readonly signatures: { readonly mixed: string; readonly lc: string };
  readonly cases: readonly {
    readonly name: string;
    readonly hypotheses: readonly string[];
    readonly references: readonly string[];
    readonly mixed: number;
    readonly lc: number;
    readonly tokens: readonly (readonly string[])[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL("../../test/golden/bleu.json", import.meta.url), "utf8")) as Golden;

describe("sacreBLEU's numbers", () => {
  test.each(golden.cases)("$name", ({ hypotheses, references, mixed, lc, tokens }) => {
    expect(hypotheses.map(tokenize13a)).toEqual(tokens);
    expect(Math.abs(bleu(hypotheses, references) - mixed)).toBeLessThan(1e-9);
    expect(Math.abs(bleu(hypotheses, references, { lowercase: true }) - lc)).toBeLessThan(1e-9);
  });
});

test("the signature is sacreBLEU's without the version", () => {
  expect(`${bleuSignature()}|version:${golden.sacrebleu}`).toBe(golden.signatures.mixed);
  expect(`${bleuSignature({ lowercase: true })}|version:${golden.sacrebleu}`).toBe(golden.signatures.lc);
});

test("nothing to score gives 0 and a missing reference is refused", () => {
  expect(bleu([], [])).toBe(0);
  expect(() => bleu(["a"], [])).toThrow("bleu: expected 1 references, one a hypothesis, got 0");
});

test("BLEU lies between 0 and 100 and is 100 for the references themselves", () => {
  const words = fc.array(fc.constantFrom("a", "b", "C", "d.", "3,5"), { minLength: 4, maxLength: 9 });
  const text = words.map((parts) => parts.join(" "));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (pairs) => {
      const references = pairs.map(([, reference]) => reference);
      const score = bleu(
        pairs.map(([hypothesis]) => hypothesis),
        references,
      );
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
      expect(bleu(references, references)).toBeCloseTo(100, 9);
    }),
  );
});
