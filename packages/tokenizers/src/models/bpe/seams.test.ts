import fc from "fast-check";
import { expect, test } from "vitest";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { BYTE_TOKENS } from "../byte-tokens.ts";
import { type BpeMerge, BpeModel, type BpeOptions } from "./model.ts";

const PARTS = ["a", "b", "é", "▁", ">", "<", "🎂", "<unk>", "<0xC3>", "<0xA9>", "\0"];
const merges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 12 });
const text = fc.string({
  unit: fc.constantFrom("a", "a", "b", "é", "▁", "▁", ">", "<", "🎂", "x", "\0", "\ud83c"),
  minLength: 1,
  maxLength: 60,
});

test("the parts of a piece have the tokens of the piece, whatever merges, bytes and unknown characters there are", () => {
  const options = fc.record({
    merges,
    unkToken: fc.constantFrom(undefined, "<unk>"),
    lacks: fc.subarray(["b", "é", ">", "🎂"]),
    fuseUnk: fc.boolean(),
    byteFallback: fc.boolean(),
    ignoreMerges: fc.boolean(),
  });
  fc.assert(
    fc.property(options, text, ({ merges: places, lacks, ...others }, piece) => {
      const model = new BpeModel({ ...learned(places, lacks), ...others });
      expect(tokensOfParts(model, piece)).toEqual(model.tokenize(piece));
    }),
    { numRuns: 2000 },
  );
});

test("a piece is cut before words, but not where a merge joins one to the next", () => {
  const model = new BpeModel(learned([[4, 3]], [])); // ">" and "▁"
  expect(partsOf(model, "▁▁ab▁b>▁a▁")).toEqual(["▁▁ab", "▁b>▁a", "▁"]);
});

test("a long word is cut between all characters that no merge joins", () => {
  const model = new BpeModel(learned([[0, 1]], [])); // "a" and "b"
  expect(partsOf(model, "abba".repeat(5)).slice(0, 6)).toEqual(["ab", "b", "a", "ab", "b", "a"]);
});

/** Merges of earlier tokens by their places among them, and all tokens but those that are lacking. */
function learned(places: readonly (readonly [number, number])[], lacks: readonly string[]): BpeOptions {
  const tokens = PARTS.filter((token) => !lacks.includes(token));
  const pairs: BpeMerge[] = [];
  for (const [left, right] of places) {
    const pair = [tokens[left % tokens.length] ?? "", tokens[right % tokens.length] ?? ""] as const;
    pairs.push(pair);
    if (!tokens.includes(pair.join(""))) tokens.push(pair.join(""));
  }
  return { vocabulary: Vocabulary.fromTokens([...new Set([...tokens, ...BYTE_TOKENS])]), merges: pairs };
}

function tokensOfParts(model: BpeModel, piece: string) {
  return rangesOf(model, piece).flatMap(([from, to]) =>
    model
      .tokenize(piece.slice(from, to))
      .map(({ id, token, start, end }) => ({ id, token, start: from + start, end: from + end })),
  );
}

function partsOf(model: BpeModel, piece: string): string[] {
  return rangesOf(model, piece).map(([start, end]) => piece.slice(start, end));
}

function rangesOf(model: BpeModel, piece: string): [number, number][] {
  const ranges: number[] = [];
  model.cut?.(piece, 0, piece.length, ranges);
  return Array.from({ length: ranges.length / 2 }, (_, i) => [ranges[2 * i] ?? 0, ranges[2 * i + 1] ?? 0]);
}
