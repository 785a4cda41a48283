import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AlignedText } from "../text/aligned-text.ts";
import { classBody } from "../text/unicode.ts";
import { NORMALIZED } from "../text/unicode-tables.ts";
import { LowercaseNormalizer } from "./lowercase.ts";
import { readNormalizer } from "./read-normalizer.ts";
import { NormalizerSequence } from "./sequence.ts";
import { StripNormalizer } from "./strip.ts";
import { StripAccentsNormalizer } from "./strip-accents.ts";
import { joinsPrevious, UNICODE_FORMS, UnicodeNormalizer } from "./unicode-form.ts";

/** Texts rich in marks, Hangul parts, ligatures and characters outside the basic plane. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom("e", "\u0301", "\u0323", "\u1100", "\u1161", "\u11a8", "ㅏ", "ﾞ", "ｶ", "ﬁ", "½", "İ", "Σ", "𝔘", " "),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((character) => !isTooYoung(character)),
  ),
});

/** Whether a runtime normalizes a character that the tables here do not know. */
function isTooYoung(character: string): boolean {
  return (
    !new RegExp(`[${classBody(NORMALIZED)}]`, "u").test(character) &&
    (character.normalize("NFKD") !== character || /\p{M}/u.test(character))
  );
}

describe.each(UNICODE_FORMS)("%s", (form) => {
  const normalizer = new UnicodeNormalizer(form);

  test("gives what the runtime gives, with ranges that rise inside the original", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = normalizer.normalize(AlignedText.of(text));
        expect(result.text).toBe(text.normalize(form));
        expectToRise(result, text.length);
      }),
    );
  });

  test("aligns stretch by stretch, never by falling back to the whole text", () => {
    const result = normalizer.normalize(AlignedText.of("xe\u0301y \u1100\u1161\u11a8z ﬁ½"));
    expect(result.originalRange(0, 1)).toEqual([0, 1]);
    expect(result.originalEnd(result.text.length - 1)).toBe(12);
    expect(result.originalStart(result.text.length - 1)).toBe(11);
  });
});

test("a composed letter stands where its letter did, without the accent behind it", () => {
  const result = new UnicodeNormalizer("NFC").normalize(AlignedText.of("cafe\u0301!"));
  expect(result.text).toBe("café!");
  expect(result.originalRange(3, 4)).toEqual([3, 4]);
  expect(result.originalRange(4, 5)).toEqual([5, 6]);
});

test("every character that can combine with the one before it is known to do so", () => {
  const isKnown = new Map<string, boolean>();
  const check = (character: string) => {
    if (!isKnown.has(character)) isKnown.set(character, joinsPrevious(character, 0));
    return isKnown.get(character);
  };
  const decompose = new UnicodeNormalizer("NFD");
  const missed: string[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    const [, ...rest] = decompose.normalize(AlignedText.of(String.fromCodePoint(codePoint))).text;
    for (const character of rest) if (!check(character)) missed.push(character);
  }
  expect(isKnown.size).toBeGreaterThan(60);
  expect(missed).toEqual([]);
});

test("characters younger than Unicode 12 stay as they are, and marks do not move across them", () => {
  const young = "\u32ff \u{16121} a\u0323\u{1e2ae}\u0301";
  expect(new UnicodeNormalizer("NFKD").normalize(AlignedText.of(`${young}\u00e9`)).text).toBe(`${young}e\u0301`);
});

test("lower case looks at no neighbours and keeps the ranges where a letter grows", () => {
  const result = new LowercaseNormalizer().normalize(AlignedText.of("ΟΣ İX"));
  expect(result.text).toBe("οσ i\u0307x");
  expect(result.originalRange(3, 5)).toEqual([3, 4]);
  expect(result.originalRange(5, 6)).toEqual([4, 5]);
});

test("strip removes Unicode white space from the chosen ends", () => {
  const text = AlignedText.of("\u3000\t a b\u0085");
  expect(new StripNormalizer().normalize(text).text).toBe("a b");
  expect(new StripNormalizer().normalize(text).originalRange(0, 3)).toEqual([3, 6]);
  expect(new StripNormalizer({ right: false }).normalize(text).text).toBe("a b\u0085");
  expect(new StripNormalizer({ left: false }).normalize(text).text).toBe("\u3000\t a b");
  expect(new StripNormalizer().normalize(AlignedText.of(" \n ")).text).toBe("");
});

test("accents go after decomposition, and the letters keep their places", () => {
  const normalizer = new NormalizerSequence([new UnicodeNormalizer("NFD"), new StripAccentsNormalizer()]);
  const result = normalizer.normalize(AlignedText.of("Ça va, élève?"));
  expect(result.text).toBe("Ca va, eleve?");
  expect(result.originalRange(7, 12)).toEqual([7, 12]);
});

test("any chain of normalizers keeps ranges rising and inside the original", () => {
  const chain = new NormalizerSequence([
    new UnicodeNormalizer("NFKC"),
    new LowercaseNormalizer(),
    new UnicodeNormalizer("NFD"),
    new StripAccentsNormalizer(),
    new StripNormalizer(),
  ]);
  fc.assert(
    fc.property(texts, (text) => {
      const result = chain.normalize(AlignedText.of(text));
      expectToRise(result, text.length);
    }),
  );
});

test.each([
  [{ type: "Lower" }, "tokenizer.json at normalizer.type: expected one of NFC, NFD, NFKC, NFKD, Lowercase, Strip"],
  [{ type: "Sequence" }, "tokenizer.json at normalizer.normalizers: expected an array, got nothing"],
  [{ type: "Sequence", normalizers: [{ type: "NFC" }, 3] }, "normalizer.normalizers[1]: expected an object, got 3"],
  [{ type: "BertNormalizer", strip_accents: "no" }, 'normalizer.strip_accents: expected true or false, got "no"'],
  [{ type: "Prepend" }, "normalizer.prepend: expected a string, got nothing"],
  [{ type: "Replace", pattern: { String: "a" } }, "normalizer.content: expected a string, got nothing"],
  [{ type: "Strip", strip_left: 1 }, "normalizer.strip_left: expected true or false, got 1"],
])("the normalizer %j is refused with its key path", (json, message) => {
  expect(() => readNormalizer(json, "normalizer")).toThrow(message);
});

/** Without an origin of its own a character stands where the one before it does, so no range is empty here. */
function expectToRise(result: AlignedText, originalLength: number): void {
  for (let i = 0; i < result.text.length; i++) {
    const [start, end] = result.originalRange(i, i + 1);
    expect(start).toBeGreaterThanOrEqual(i === 0 ? 0 : result.originalStart(i - 1));
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(originalLength);
  }
}
