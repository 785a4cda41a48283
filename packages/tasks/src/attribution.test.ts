import { expect, test } from "vitest";
import { attributedPieces } from "./attribution.ts";

const word = (text: string, start: number, score: number) => ({ text, start, end: start + text.length, score });

test("a text is cut at its words, and the pieces together are the text", () => {
  const text = " not good, no.";
  const pieces = attributedPieces(text, { words: [word("not", 1, -1), word("good", 5, 2), word(",", 9, 0)] });
  expect(pieces).toEqual([
    { text: " " },
    { text: "not", score: -1, strength: -0.5 },
    { text: " " },
    { text: "good", score: 2, strength: 1 },
    { text: ",", score: 0, strength: 0 },
    { text: " no." },
  ]);
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  expect(attributedPieces("", { words: [] })).toEqual([]);
});

test("words that overlap are shown once", () => {
  const pieces = attributedPieces("abcd", { words: [word("abc", 0, 1), word("bc", 1, 2), word("cd", 2, 3)] });
  expect(pieces).toEqual([
    { text: "abc", score: 1, strength: 1 / 3 },
    { text: "d", score: 3, strength: 1 },
  ]);
});

test("where the answer hangs on no word, none is marked strongly", () => {
  expect(attributedPieces("a", { words: [word("a", 0, 0.001)] })).toEqual([
    { text: "a", score: 0.001, strength: 0.01 },
  ]);
});
