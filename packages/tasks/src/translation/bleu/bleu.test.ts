import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bleu, bleuSignature } from "./bleu.ts";
import { type BleuTokenizer, bleuTokenizers, tokenizeForBleu } from "./tokenizers.ts";

interface Golden {
  readonly sacrebleu: string;
  readonly signatures: Readonly<Record<BleuTokenizer | "lc", string>>;
  readonly cases: readonly {
    readonly name: string;
    readonly hypotheses: readonly string[];
    readonly references: readonly string[];
    /** By tokenizer; `lc` is 13a without case. */
    readonly scores: Readonly<Record<BleuTokenizer | "lc", number>>;
    readonly tokens: Readonly<Record<BleuTokenizer, readonly (readonly string[])[]>>;
  }[];
}

const golden = JSON.parse(readFileSync(new URL("../../../test/golden/bleu.json", import.meta.url), "utf8")) as Golden;

describe("sacreBLEU's numbers", () => {
  test.each(golden.cases)("$name", ({ hypotheses, references, scores, tokens }) => {
    for (const tokenize of bleuTokenizers) {
      expect(hypotheses.map((text) => tokenizeForBleu(text, tokenize))).toEqual(tokens[tokenize]);
      expect(Math.abs(bleu(hypotheses, references, { tokenize }) - scores[tokenize])).toBeLessThan(1e-9);
    }
    expect(Math.abs(bleu(hypotheses, references, { lowercase: true }) - scores.lc)).toBeLessThan(1e-9);
  });
});

test("the signature is sacreBLEU's without the version", () => {
  for (const tokenize of bleuTokenizers) {
    expect(`${bleuSignature({ tokenize })}|version:${golden.sacrebleu}`).toBe(golden.signatures[tokenize]);
  }
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
