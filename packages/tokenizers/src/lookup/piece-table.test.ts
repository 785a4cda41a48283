import fc from "fast-check";
import { expect, test } from "vitest";
import { AlignedText } from "../text/aligned-text.ts";
import { onePiece } from "../text/pieces.ts";
import { PieceCounter } from "../training/piece-counter.ts";
import { PieceTable } from "./piece-table.ts";

test("pieces are numbered in the order in which they came, wherever they stand", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 200 }), (pieces) => {
      const table = new PieceTable(1);
      const expected = [...new Set(pieces)];
      for (const piece of pieces) {
        expect(table.findOrAdd(`>${piece}<`, 1, 1 + piece.length)).toBe(expected.indexOf(piece));
      }
      expect(table.size).toBe(expected.length);
      expect(expected.map((_, entry) => table.pieceOf(entry))).toEqual(expected);
      expect(table.find("\u{10ffff}new", 0, 5)).toBe(-1);
    }),
  );
});

test("a long piece is a piece too", () => {
  const table = new PieceTable(1);
  const long = "ab".repeat(100_000);
  expect([table.findOrAdd(long, 0, long.length), table.findOrAdd(long, 1, long.length)]).toEqual([0, 1]);
  expect(table.pieceOf(0)).toBe(long);
});

test("counts are those of the pieces as the model sees them", () => {
  const counter = new PieceCounter();
  for (const text of ["a", "b", "A", "a"]) counter.add(onePiece(AlignedText.of(text)));
  expect([...counter.counts()]).toEqual([
    ["a", 2],
    ["b", 1],
    ["A", 1],
  ]);
  const lower = (piece: AlignedText) => piece.withText(piece.text.toLowerCase());
  expect([...counter.counts(lower)]).toEqual([
    ["a", 3],
    ["b", 1],
  ]);
});
