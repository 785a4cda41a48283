import { expect, test } from "vitest";
import { PieceCache } from "./piece-cache.ts";

const set = (cache: PieceCache, piece: string, ids: number[]) => cache.setIds(piece, 0, piece.length, ids, 0);

/** Looks a piece up inside of a longer text, for ids that follow others. */
function get(cache: PieceCache, piece: string): number[] | undefined {
  const ids = [7];
  const isKnown = cache.appendIds(`<${piece}>`, 1, 1 + piece.length, ids);
  expect(ids[0]).toBe(7);
  return isKnown ? ids.slice(1) : undefined;
}

test("a piece in use stays, however many others come, and one that is not is forgotten", () => {
  const cache = new PieceCache();
  set(cache, "used", [1, 2]);
  set(cache, "unused", [3]);
  for (let i = 0; i < 300_000; i++) {
    set(cache, `piece ${i}`, []);
    if (i % 1000 === 0) expect(get(cache, "used")).toEqual([1, 2]);
  }
  expect(get(cache, "unused")).toBeUndefined();
});

test("pieces of many ids make others forgotten sooner", () => {
  const cache = new PieceCache();
  set(cache, "first", [1]);
  const many = Array.from({ length: 50 }, (_, id) => id);
  for (let i = 0; i < 20_000; i++) set(cache, `piece ${i}`, many);
  expect(get(cache, "first")).toEqual([1]);
  for (let i = 20_000; i < 50_000; i++) set(cache, `piece ${i}`, many);
  expect([get(cache, "first"), get(cache, "piece 49999")]).toEqual([undefined, many]);
});

test("long pieces are not remembered", () => {
  const cache = new PieceCache();
  set(cache, "a".repeat(1000), [1]);
  expect(get(cache, "a".repeat(1000))).toBeUndefined();
});

test("the ids of a piece are those behind others of a list", () => {
  const cache = new PieceCache();
  cache.setIds("ab", 0, 2, [5, 6, 7, 8], 2);
  cache.setIds("cd", 0, 2, [5, 6], 1);
  expect([get(cache, "ab"), get(cache, "cd")]).toEqual([[7, 8], [6]]);
});

test("tokens are made once for pieces of which the ids are remembered, and each time for others", () => {
  const cache = new PieceCache();
  set(cache, "a", [1]);
  let made = 0;
  const make = () => [{ id: 1, token: "a", start: 0, end: 1 + made++ }];
  expect(cache.tokens("a", 0, 1, make)).toBe(cache.tokens("ba", 1, 2, make));
  expect(made).toBe(1);
  for (const piece of ["b", "b", "a".repeat(1000)]) cache.tokens(piece, 0, piece.length, make);
  expect(made).toBe(4);
});
