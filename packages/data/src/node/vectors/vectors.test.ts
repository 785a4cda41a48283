import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DataFileError } from "../../errors.ts";
import { readVectors } from "./read-vectors.ts";

const folder = mkdtempSync(join(tmpdir(), "vectors-"));
const golden = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

function put(name: string, contents: string | Uint8Array): string {
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
}

/** All vectors as lists of numbers. */
async function listed(path: string, options: Parameters<typeof readVectors>[1] = {}) {
  const { vectors, ...rest } = await readVectors(path, options);
  return { ...rest, vectors: Object.fromEntries([...vectors].map(([word, vector]) => [word, [...vector]])) };
}

/** A file as word2vec writes it. */
function word2vec(words: Readonly<Record<string, readonly number[]>>, head?: string, between = "\n"): Buffer {
  const entries = Object.entries(words);
  const parts: Uint8Array[] = [Buffer.from(head ?? `${entries.length} ${entries[0]![1].length}\n`)];
  for (const [word, numbers] of entries) {
    parts.push(Buffer.from(`${word} `), new Uint8Array(Float32Array.from(numbers).buffer), Buffer.from(between));
  }
  return Buffer.concat(parts);
}

const words = { the: [1, 2, 3], größe: [-0.5, 0.25, 4], 東京: [0, 0, 1] };

describe("each format gives the same words and numbers", () => {
  const lines = ["the 1 2 3", "größe -0.5 0.25 4e0", "東京 0 0 1."];
  test.each([
    ["GloVe", "text", `${lines.join("\n")}\n`],
    ["GloVe packed", "text", gzipSync(lines.join("\n"))],
    ["word2vec or fastText as text", "text", `3 3\n${lines.join(" \n")} \n`],
    ["word2vec with line ends", "word2vec", word2vec(words)],
    ["word2vec without line ends", "word2vec", word2vec(words, undefined, "")],
    ["word2vec packed", "word2vec", gzipSync(word2vec(words))],
  ])("%s", async (name, format, contents) => {
    const path = put(`${name.replaceAll(" ", "-")}${name.endsWith("packed") ? ".gz" : ""}`, contents);
    expect(await listed(path)).toMatchObject({ format, dimension: 3, vectors: words });
    const some = await listed(path, { words: ["größe", "none"], dimension: 3 });
    expect(some.vectors).toEqual({ größe: words.größe });
  });

  test("a word with blanks keeps them, and the first of two equal words counts", async () => {
    const path = put("blanks.txt", "a 1 2\n. . . 3 4\nat me@home.org 5 6\na 7 8\n");
    expect((await listed(path)).vectors).toEqual({ a: [1, 2], ". . .": [3, 4], "at me@home.org": [5, 6] });
  });

  test("a large file costs no more memory than the words that are asked for", async () => {
    const count = 200_000;
    const rows = Array.from({ length: count }, (_, i) => `w${i} ${i} 1 2 3\n`);
    const { vectors } = await listed(put("large.txt", rows.join("")), { words: ["w3", "w199999"] });
    expect(vectors).toEqual({ w3: [3, 1, 2, 3], w199999: [199999, 1, 2, 3] });
  });
});

describe("a word that the file lacks", () => {
  const path = put("lower.txt", "the 1 2\nThe 3 4\ndog 5 6\n");

  test("takes the vector of its lower-case form, unless that is not wanted", async () => {
    const found = await readVectors(path, { words: ["The", "THE", "Dog", "cat"] });
    expect([...found.vectors].map(([word, vector]) => [word, ...vector])).toEqual([
      ["The", 3, 4],
      ["THE", 1, 2],
      ["Dog", 5, 6],
    ]);
    expect([...found.foundBy.values()]).toEqual(["word", "lowercase", "lowercase"]);
    expect((await readVectors(path, { words: ["The", "Dog"], lowercase: false })).vectors.size).toBe(1);
  });
});

describe("a fastText model", () => {
  const expected = readFileSync(golden("tiny.expected.txt"), "utf8").trimEnd().split("\n");

  test("gives the vectors that fastText gives, of listed words and of others", async () => {
    const rows = expected.map((line) => line.trim().split(" "));
    const found = await readVectors(golden("tiny.bin"), { words: rows.map(([word]) => word!), lowercase: false });
    expect(found).toMatchObject({ format: "fasttext", dimension: 5 });
    for (const [word, ...numbers] of rows) {
      const vector = found.vectors.get(word!)!;
      // fastText prints five digits.
      for (const [index, number] of numbers.entries()) {
        expect(Math.abs(vector[index]! - Number(number))).toBeLessThan(1e-4 * Math.abs(Number(number)) + 1e-7);
      }
    }
    expect(found.foundBy.get("Größe")).toBe("word");
    expect(found.foundBy.get("Größen")).toBe("subwords");
  });

  test("lists the words of its .vec file, with the same vectors", async () => {
    const [whole, text] = [await readVectors(golden("tiny.bin")), await readVectors(golden("tiny.vec"))];
    expect([...whole.vectors.keys()]).toEqual([...text.vectors.keys()]);
    expect(text.format).toBe("text");
    for (const [word, vector] of text.vectors) {
      for (const [index, number] of vector.entries()) expect(whole.vectors.get(word)![index]).toBeCloseTo(number, 4);
    }
  });

  test("prefers a listed lower-case word to n-grams", async () => {
    const { foundBy } = await readVectors(golden("tiny.bin"), { words: ["The", "Catfish"] });
    expect([...foundBy]).toEqual([
      ["The", "lowercase"],
      ["Catfish", "subwords"],
    ]);
  });

  test("that is cut short anywhere is refused with the byte", async () => {
    const bytes = readFileSync(golden("tiny.bin"));
    const path = join(folder, "cut.bin");
    // Behind the matrix stands what is not read.
    const matrixEnd = bytes.length - (1 + 16 + 19 * 5 * 4);
    for (let length = 4; length < matrixEnd; length += 7) {
      writeFileSync(path, bytes.subarray(0, length));
      await expect(readVectors(path, { words: ["the", "dogfish"] })).rejects.toThrow(
        /ends at byte \d+|no end of entry/,
      );
    }
  });

  test("that is quantized, of another version, or damaged is refused", async () => {
    const changed = (at: number, value: number) => {
      const bytes = Buffer.from(readFileSync(golden("tiny.bin")));
      bytes.writeInt32LE(value, at);
      return put("changed.bin", bytes);
    };
    await expect(readVectors(changed(4, 13))).rejects.toThrow(
      "is a fastText model of version 13; versions 11 and 12 are read",
    );
    await expect(readVectors(changed(8, -1))).rejects.toThrow("says dimension -1");
    await expect(readVectors(changed(64, 7))).rejects.toThrow("says 19 words and 0 labels of 7 entries");
    const bytes = Buffer.from(readFileSync(golden("tiny.bin")));
    bytes[bytes.indexOf(Buffer.from([37, 0, 0, 0])) + 0] = 36;
    await expect(readVectors(put("rows.bin", bytes))).rejects.toThrow(
      "has a matrix of 56 by 5, expected 55 (words and buckets) by 5",
    );
  });
});

describe("a file that is not what it should be is refused with its line or byte", () => {
  test.each([
    ["a line with fewer numbers", "the 1 2 3\ndog 4 5\n", "x.txt:2: expected a word and 3 numbers, got 2"],
    ["a line with more numbers", "the 1 2 3\ndog 4 5 6 7\n", "x.txt:2: expected a word and 3 numbers, got 4"],
    ["a number that is none", "the 1 2 3\ndog 4 x 6\n", 'x.txt:2: expected number 2 of "dog", got "x"'],
    ["NaN", "the 1 2\ndog nan 5\n", 'x.txt:2: "dog": number 1 of its vector is NaN'],
    [
      "fewer words than the first line says",
      "3 2\nthe 1 2\ndog 3 4\n",
      "the first line says 3 words, but the file ends after 2",
    ],
    [
      "more words than the first line says",
      "1 2\nthe 1 2\ndog 3 4\n",
      "x.txt:3: the first line says 1 words, and here is one more",
    ],
    ["text of another kind", "Once upon a time\n", "x.txt:1: expected a word and its numbers (GloVe)"],
    [
      "what is not UTF-8",
      Buffer.from([...Buffer.from("the 1 2\n"), 0xff, 0x20, 0x31, 0x20, 0x32, 10]),
      "x.txt:2: invalid UTF-8 at byte 1",
    ],
    ["nothing", "", "the file is empty"],
  ])("%s", async (_, contents, message) => {
    const failure = readVectors(put("x.txt", contents));
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(message);
  });

  test.each([
    [
      "cut short in a vector",
      word2vec(words).subarray(0, -6),
      /ends at byte \d+, in the middle of the vector of "東京", word 3 of 3/,
    ],
    ["cut short before a word", word2vec(words, "4 3\n", ""), /ends at byte \d+, in the middle of word 4 of 4/],
    [
      "longer than it says",
      word2vec(words, "2 3\n"),
      "goes on after its 2 words, at byte 41; the first line has a wrong count",
    ],
    [
      "a word that is not UTF-8",
      Buffer.concat([Buffer.from("1 1\n"), Buffer.from([0xff, 0x20, 0, 0, 0, 0])]),
      "at byte 4: a word that is not valid UTF-8",
    ],
    [
      "an infinite number",
      word2vec({ the: [1, Number.POSITIVE_INFINITY] }),
      'at byte 4: "the": number 2 of its vector is Infinity',
    ],
  ])("word2vec %s", async (_, contents, message) => {
    const failure = readVectors(put("x.bin", contents), { format: "word2vec" });
    await expect(failure).rejects.toThrow(DataFileError);
    await expect(failure).rejects.toThrow(message);
  });

  test("another dimension than asked for, and a format that there is not", async () => {
    const path = put("three.txt", "the 1 2 3\n");
    await expect(readVectors(path, { dimension: 4 })).rejects.toThrow("has vectors of 3 numbers, expected 4");
    const format = "glove" as "text";
    await expect(readVectors(path, { format })).rejects.toThrow(
      "readVectors: expected a format among auto, text, word2vec, fasttext, got glove",
    );
    await expect(readVectors(join(folder, "missing.txt"))).rejects.toThrow("no such file");
  });
});
