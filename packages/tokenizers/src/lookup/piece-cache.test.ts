import { expect, test } from "vitest";
import { PieceCache } from "./piece-cache.ts";

const tokens = [{ id: 1, token: "a", start: 0, end: 1 }];

const set = (cache: PieceCache, piece: string, value: typeof tokens) => cache.set(piece, 0, piece.length, value);

/** Looks a piece up inside of a longer text. */
function get(cache: PieceCache, piece: string) {
  const ids: number[] = [];
  const found = cache.get(`<${piece}>`, 1, 1 + piece.length, ids);
  expect(ids).toEqual(found?.map(({ id }) => id) ?? []);
  return found;
}

test("a piece in use stays, however many others come, and one that is not is forgotten", () => {
  const cache = new PieceCache();
  set(cache, "used", tokens);
  set(cache, "unused", tokens);
  for (let i = 0; i < 300_000; i++) {
    set(cache, `piece ${i}`, []);
    if (i % 1000 === 0) expect(get(cache, "used")).toBe(tokens);
  }
  expect(get(cache, "unused")).toBeUndefined();
});

test("pieces of many tokens make others forgotten sooner", () => {
  const cache = new PieceCache();
  set(cache, "first", tokens);
  const many = Array.from({ length: 50 }, () => tokens).flat();
  for (let i = 0; i < 20_000; i++) set(cache, `piece ${i}`, many);
  expect(get(cache, "first")).toEqual(tokens);
  for (let i = 20_000; i < 50_000; i++) set(cache, `piece ${i}`, many);
  expect([get(cache, "first"), get(cache, "piece 49999")]).toEqual([undefined, many]);
});

test("long pieces are not remembered", () => {
  const cache = new PieceCache();
  set(cache, "a".repeat(1000), tokens);
  expect(get(cache, "a".repeat(1000))).toBeUndefined();
});
