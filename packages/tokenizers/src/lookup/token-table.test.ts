import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../text/utf8.ts";
import { TokenTable } from "./token-table.ts";

const token = fc.string({ unit: fc.constantFrom("a", "b", "é", "▁", "中", "🎂"), maxLength: 4 });
const tokens = fc.uniqueArray(token, { minLength: 1, maxLength: 600 });

test("a token is found by text and by bytes, and no other is", () => {
  fc.assert(
    fc.property(tokens, fc.array(token), (known, asked) => {
      const table = TokenTable.of(known, (place) => 2 * place);
      const expected = asked.map((each) => 2 * known.indexOf(each));
      expect(asked.map((each) => table.get(`>${each}<`, 1, 1 + each.length))).toEqual(
        expected.map((value) => (value < 0 ? undefined : value)),
      );
      const [bytes, ends] = joined(asked);
      expect([...table.valuesOf(bytes, ends)]).toEqual(expected.map((value) => Math.max(value, -1)));
      expect([table.size, table.tokens()]).toEqual([known.length, known]);
    }),
  );
});

test("tokens of two parts are found in the order of the table and in any other", () => {
  fc.assert(
    fc.property(tokens, fc.array(fc.tuple(token, token)), fc.boolean(), (known, pairs, isSorted) => {
      const table = TokenTable.of(known, (place) => place);
      const placeOf = (pair: readonly string[]) => known.indexOf(pair.join(""));
      const asked = isSorted ? pairs.toSorted((a, b) => placeOf(a) - placeOf(b)) : pairs;
      const [bytes, ends] = joined(asked.flat());
      expect([...table.valuesOfPairs(bytes, ends)]).toEqual(asked.map(placeOf));
    }),
  );
});

test("half a surrogate pair is a token of its own, and no part of a character", () => {
  const table = TokenTable.of(["\ufffd", "🎂", "\ud83c"], (place) => place);
  expect(["\ud83c", "\udf82", "🎂", "\ufffd"].map((each) => table.get(each, 0, each.length))).toEqual([
    2,
    undefined,
    1,
    0,
  ]);
  expect([table.get("🎂", 0, 1), table.get("🎂", 1, 2)]).toEqual([2, undefined]);
});

test("the ends of tokens are UTF-16 code units", () => {
  const ends: [number, string][] = [];
  TokenTable.of(["ab", "", "▁é", "🎂", "x🎂"], (place) => place).forEachEnds((value, first, last) =>
    ends.push([value, String.fromCharCode(first, last)]),
  );
  expect(ends).toEqual([
    [0, "ab"],
    [2, "▁é"],
    [3, "🎂"],
    [4, "x\udf82"],
  ]);
});

/** Tokens one behind the other, and where they end. */
function joined(each: readonly string[]): [bytes: Uint8Array, ends: Int32Array] {
  let end = 0;
  const ends = each.map((one) => {
    end += encodeUtf8(one).length;
    return end;
  });
  return [encodeUtf8(each.join("")), Int32Array.from(ends)];
}
