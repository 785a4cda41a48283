import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { firstChangedLines, hashLines, LineHasher, type LineHashes } from "./line-hashes.ts";

function hashesOf(text: string, most = 1 << 10, pieceLength = text.length || 1): LineHashes {
  const hasher = new LineHasher(most);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceLength) hasher.add(bytes.subarray(at, at + pieceLength));
  return hasher.finish();
}

const linesOf = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}\n`);

test("a changed, an added and a removed line are found", () => {
  const lines = linesOf(100);
  const before = hashesOf(lines.join(""));
  expect(firstChangedLines(before, before)).toBeUndefined();
  expect(firstChangedLines(before, hashesOf(lines.with(41, "another\n").join("")))).toEqual({ from: 42, to: 42 });
  expect(firstChangedLines(before, hashesOf(lines.toSpliced(41, 0, "one more\n").join("")))).toEqual({
    from: 42,
    to: 42,
  });
  expect(firstChangedLines(before, hashesOf(lines.slice(0, -1).join("")))).toEqual({ from: 100, to: 100 });
  expect(firstChangedLines(before, hashesOf(`${lines.join("")}behind`))).toEqual({ from: 101, to: 101 });
  expect(firstChangedLines(before, hashesOf(lines.with(99, "line 99").join("")))).toEqual({ from: 100, to: 100 });
});

test("of a file with more lines than hashes, the few lines that share a hash are named", () => {
  const lines = linesOf(100);
  const before = hashesOf(lines.join(""), 16);
  expect(before).toMatchObject({ lines: 100, linesPerHash: 8 });
  expect(before.hashes).toHaveLength(13);
  expect(firstChangedLines(before, hashesOf(lines.with(41, "another\n").join(""), 16))).toEqual({ from: 41, to: 48 });
  expect(firstChangedLines(before, hashesOf(lines.with(98, "another\n").join(""), 16))).toEqual({ from: 97, to: 100 });
});

test("hashes depend neither on the pieces in which a file comes nor on how many lines share one", () => {
  const text = fc.array(fc.stringMatching(/^[ab]{0,3}$/), { maxLength: 60 });
  fc.assert(
    fc.property(text, fc.boolean(), fc.integer({ min: 1, max: 9 }), (lines, isEnded, pieceLength) => {
      const whole = lines.join("\n") + (isEnded ? "\n" : "");
      const fine = hashesOf(whole);
      expect(hashesOf(whole, 1 << 10, pieceLength)).toEqual(fine);
      expect(firstChangedLines(fine, hashesOf(whole, 4, pieceLength))).toBeUndefined();
      const changed = hashesOf(`${whole}c`, 4);
      expect(firstChangedLines(fine, changed)!.to).toBe(Math.max(fine.lines, changed.lines));
    }),
  );
});

test("a packed file has the lines of what it unpacks to, and an empty one is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lines-"));
  const text = linesOf(50).join("");
  writeFileSync(join(folder, "a.txt"), text);
  writeFileSync(join(folder, "a.txt.gz"), gzipSync(text));
  writeFileSync(join(folder, "empty.txt"), "");
  expect(await hashLines(join(folder, "a.txt"))).toEqual(hashesOf(text));
  expect(await hashLines(join(folder, "a.txt.gz"))).toEqual(hashesOf(text));
  await expect(hashLines(join(folder, "empty.txt"))).rejects.toThrow("empty.txt: the file is empty");
});
