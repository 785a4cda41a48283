import { expect, test } from "vitest";
import { PieceCache } from "./piece-cache.ts";

const tokens = [{ id: 1, token: "a", start: 0, end: 1 }];

/** Looks a piece up inside of a longer text. */
function get(cache: PieceCache, piece: string) {
  return cache.get(`<${piece}>`, 1, 1 + piece.length);
}

test("a piece in use stays, however many others come, and one that is not is forgotten", () => {
  const cache = new PieceCache();
  cache.set("used", tokens);
  cache.set("unused", tokens);
  for (let i = 0; i < 200_000; i++) {
    cache.set(`piece ${i}`, []);
    if (i % 1000 === 0) expect(get(cache, "used")).toBe(tokens);
  }
  expect(get(cache, "unused")).toBeUndefined();
});

test("long pieces are not remembered", () => {
  const cache = new PieceCache();
  cache.set("a".repeat(1000), tokens);
  expect(get(cache, "a".repeat(1000))).toBeUndefined();
});
