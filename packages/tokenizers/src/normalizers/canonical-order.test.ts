import fc from "fast-check";
import { expect, test } from "vitest";
import { normalizeText } from "./canonical-order.ts";

const FORMS = ["NFC", "NFD", "NFKC", "NFKD"] as const;
/** Marks of many classes, some that do not move, some that decompose, and letters that compose with them. */
const CHARACTERS = [
  ..."aeが\u0301\u0323\u0345\u0334\u0344\u0f73\u0f71\u0f72\u093f\u094d\u3099\uff9e\uff9f\u05b0\u0651\u{1d165}\u{1d16e}",
];

test("long runs of marks come out as the runtime would have it", () => {
  const marks = fc.array(fc.constantFrom(...CHARACTERS.slice(3)), { minLength: 256, maxLength: 400 });
  const text = fc.tuple(fc.constantFrom(...CHARACTERS), marks, fc.constantFrom(...CHARACTERS));
  fc.assert(
    fc.property(text, fc.constantFrom(...FORMS), ([first, run, last], form) => {
      const source = first + run.join("") + last;
      expect(normalizeText(source, form)).toBe(source.normalize(form));
    }),
  );
});

test("a million marks that alternate are sorted in seconds", () => {
  const normalized = normalizeText(`e${"\u0301\u0323".repeat(500_000)}`, "NFD");
  expect(normalized).toBe(`e${"\u0323".repeat(500_000)}${"\u0301".repeat(500_000)}`);
}, 20_000);
