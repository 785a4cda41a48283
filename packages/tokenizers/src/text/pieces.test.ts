import { expect, test } from "vitest";
import { AlignedText } from "./aligned-text.ts";
import { cutEach, onePiece, rewriteEach, separate } from "./pieces.ts";

const halves = (_: string, start: number, end: number, ranges: number[]) => {
  const middle = (start + end) >> 1;
  ranges.push(start, middle, middle, end);
};

test("each piece is cut by itself", () => {
  const pieces = cutEach(cutEach(onePiece(AlignedText.of("abcdefgh")), halves), halves);
  expect(pieces.ranges).toEqual([0, 2, 2, 4, 4, 6, 6, 8]);
  expect(onePiece(AlignedText.of("")).ranges).toEqual([]);
});

test("rewritten pieces lie in one text and keep their places in the original", () => {
  const source = { source: AlignedText.of("ab cd"), ranges: [0, 2, 3, 5] };
  const rewritten = rewriteEach(source, (piece) => piece.prepend("_", 1));
  expect(rewritten.source.text).toBe("_ab_cd");
  expect(separate(rewritten).map((piece) => [piece.text, ...piece.originalRange(0, 2)])).toEqual([
    ["_ab", 0, 1],
    ["_cd", 3, 4],
  ]);
  expect(rewriteEach(onePiece(AlignedText.of("")), (piece) => piece).ranges).toEqual([]);
});
