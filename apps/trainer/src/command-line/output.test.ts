import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Sink, writeAll } from "./output.ts";

async function* at(...texts: readonly (string | number)[]): AsyncGenerator<string, void, undefined> {
  for (const text of texts) {
    if (typeof text === "number") await wait(text);
    else yield text;
  }
}

test("what comes at once is written as one piece, what comes after a pause by itself, all in order", async () => {
  const pieces: string[] = [];
  await writeAll(at("a", "b", 20, "c", 20, "d", "e"), async (piece) => pieces.push(piece));
  expect(pieces).toEqual(["ab", "c", "de"]);
});

test("a text is written while the next one is still awaited", async () => {
  const seen: string[] = [];
  const texts = async function* () {
    yield "first";
    while (seen.length === 0) await wait(1);
    yield "second";
  };
  await writeAll(texts(), async (piece) => seen.push(piece));
  expect(seen).toEqual(["first", "second"]);
});

test("no more than a piece waits for a slow sink, and pieces do not overtake each other", async () => {
  let made = 0;
  let taken = 0;
  let mostWaiting = 0;
  const texts = async function* () {
    for (; made < 100; made++) yield `${String(made).padStart(3)} ${"x".repeat(10_000)}\n`;
  };
  const numbers: number[] = [];
  const slow: Sink = async (piece) => {
    await wait(1);
    for (const line of piece.trimEnd().split("\n")) numbers.push(Number(line.slice(0, 3)));
    taken = numbers.length;
    mostWaiting = Math.max(mostWaiting, made - taken);
  };
  await writeAll(texts(), slow);
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(mostWaiting).toBeLessThan(15); // a piece is 64 KB
});

test("a sink that fails ends the writing with its error", async () => {
  const failing: Sink = async () => {
    throw new Error("the disk is full");
  };
  await expect(writeAll(at("a", 20, "b"), failing)).rejects.toThrow("the disk is full");
  await expect(writeAll(at("a"), failing)).rejects.toThrow("the disk is full");
});
