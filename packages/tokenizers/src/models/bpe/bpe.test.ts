import fc from "fast-check";
import { expect, test } from "vitest";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { readModel } from "../read-model.ts";
import { BinaryHeap } from "./heap.ts";
import { readMergesTxt, writeMergesTxt } from "./merges-txt.ts";
import { type BpeMerge, BpeModel } from "./model.ts";
import { PairMap } from "./pair-map.ts";
import { RankBuckets } from "./rank-buckets.ts";
import { RankTable } from "./rank-table.ts";
import { trainBpe } from "./trainer.ts";

const special = { specialTokens: ["<pad>", "<unk>"], unkToken: "<unk>" };

test("a heap gives its items back in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (items) => {
      const heap = new BinaryHeap<number>((left, right) => left < right);
      for (const item of items) heap.push(item);
      expect(Array.from(items, () => heap.pop())).toEqual([...items].sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

test("lists by rank give candidates back as a heap does, whatever comes in between", () => {
  const steps = fc.array(fc.oneof(fc.nat(99), fc.constant("pop" as const)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (script) => {
      const heap = new BinaryHeap<number>((left, right) => left < right);
      const buckets = new RankBuckets(10);
      for (const step of [...script, ...script.map(() => "pop" as const)]) {
        if (step === "pop") {
          expect(buckets.pop()).toBe(heap.pop());
        } else {
          heap.push(step);
          buckets.push(step);
        }
      }
    }),
  );
});

test("a long piece is merged as its parts are where no merge crosses them", () => {
  const model = trainBpe(
    new Map([
      ["abcabd", 9],
      ["bcd", 4],
      ["-", 1],
    ]),
    { ...special, minFrequency: 1, vocabSize: 40 },
  );
  const parts = ["abcabd-", "bcdabc-", "dab-"];
  const texts = (piece: string) => model.tokenize(piece).map(({ token }) => token);
  expect(texts(parts.join("").repeat(1000))).toEqual(Array.from({ length: 1000 }, () => parts.flatMap(texts)).flat());
});

test("the most frequent pair is merged first, and of equals the one with the lower ids", () => {
  const counts = new Map([
    ["abd", 5],
    ["abc", 5],
    ["xyz", 2],
  ]);
  const model = trainBpe(counts, { ...special, minFrequency: 2, vocabSize: 100 });
  expect(model.vocabulary.tokens.slice(0, 9)).toEqual(["<pad>", "<unk>", "a", "b", "c", "d", "x", "y", "z"]);
  expect(model.merges).toEqual([
    ["a", "b"],
    ["ab", "c"],
    ["ab", "d"],
    ["x", "y"],
    ["xy", "z"],
  ]);
});

test("training stops at the vocabulary size and below the minimum frequency", () => {
  const counts = new Map([
    ["ab", 5],
    ["cd", 4],
    ["ef", 1],
  ]);
  expect(trainBpe(counts, { ...special, minFrequency: 1, vocabSize: 9 }).merges).toEqual([["a", "b"]]);
  expect(trainBpe(counts, { ...special, minFrequency: 2, vocabSize: 99 }).merges).toHaveLength(2);
});

test("the alphabet has all characters whatever the size, or the most frequent ones up to its own limit", () => {
  const counts = new Map([
    ["ba", 5],
    ["c", 1],
    ["d", 2],
  ]);
  const options = { ...special, minFrequency: 1, vocabSize: 5 };
  expect(trainBpe(counts, options).vocabulary.tokens).toEqual(["<pad>", "<unk>", "a", "b", "c", "d"]);
  const model = trainBpe(counts, { ...options, limitAlphabet: 3 });
  expect(model.vocabulary.tokens).toEqual(["<pad>", "<unk>", "a", "b", "d"]);
  expect(model.tokenize("bc").map(({ token }) => token)).toEqual(["b", "<unk>"]);
});

test("no words give the special tokens alone", () => {
  expect(trainBpe(new Map(), { ...special, minFrequency: 1, vocabSize: 10 }).vocabulary.tokens).toEqual([
    "<pad>",
    "<unk>",
  ]);
});

test.each([1, -1, Number.NaN])("the size %d, which cannot hold the special tokens, is refused", (vocabSize) => {
  expect(() => trainBpe(new Map(), { ...special, minFrequency: 1, vocabSize })).toThrow(
    `trainTokenizer: expected vocabSize of at least 2, the number of special tokens, got ${vocabSize}`,
  );
});

test("the order of the words does not matter", () => {
  const words = fc.array(fc.tuple(fc.string({ unit: fc.constantFrom("a", "b", "c", "🎂"), minLength: 1 }), fc.nat(9)));
  fc.assert(
    fc.property(words, (pairs) => {
      const entries = [...new Map(pairs)].map(([word, count]) => [word, count + 1] as const);
      const options = { ...special, minFrequency: 1, vocabSize: 40 };
      const forwards = trainBpe(new Map(entries), options);
      const backwards = trainBpe(new Map(entries.toReversed()), options);
      expect(backwards.toJson()).toEqual(forwards.toJson());
    }),
  );
});

test("merging gives what merging one pair at a time by hand gives, with ranges that cover the piece", () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 12 }));
  const piece = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, piece, (trainWords, text) => {
      const counts = new Map(["abc", ...trainWords].map((word) => [word, 1]));
      const model = trainBpe(counts, { ...special, minFrequency: 1, vocabSize: 30 });
      const tokens = model.tokenize(text);
      expect(tokens.map(({ token }) => token)).toEqual(mergeByHand(text, model.merges));
      expect(tokens.map(({ start, end }) => text.slice(start, end))).toEqual(tokens.map(({ token }) => token));
    }),
  );
});

function mergeByHand(text: string, merges: readonly BpeMerge[]): string[] {
  let symbols = [...text];
  const rankAt = (index: number) =>
    merges.findLastIndex(([left, right]) => left === symbols[index] && right === symbols[index + 1]);
  for (;;) {
    const ranked = symbols.map((_, index) => ({ index, rank: rankAt(index) })).filter(({ rank }) => rank >= 0);
    const best = ranked.sort((a, b) => a.rank - b.rank || a.index - b.index)[0];
    if (best === undefined) return symbols;
    const { index } = best;
    symbols = [...symbols.slice(0, index), `${symbols[index]}${symbols[index + 1]}`, ...symbols.slice(index + 2)];
  }
}

test("unknown characters are one token each, or fused, or an error where the vocabulary lacks the unknown token", () => {
  const options = { vocabulary: Vocabulary.fromTokens(["<unk>", "a"]), merges: [] };
  const plain = new BpeModel({ ...options, unkToken: "<unk>" });
  expect(plain.tokenize("a🎂za").map(({ id, start, end }) => [id, start, end])).toEqual([
    [1, 0, 1],
    [0, 1, 3],
    [0, 3, 4],
    [1, 4, 5],
  ]);
  const fused = new BpeModel({ ...options, unkToken: "<unk>", fuseUnk: true });
  expect(fused.tokenize("a🎂za").map(({ id, start, end }) => [id, start, end])).toEqual([
    [1, 0, 1],
    [0, 1, 4],
    [1, 4, 5],
  ]);
  const missing = new BpeModel({ ...options, unkToken: "[UNK]" });
  expect(missing.tokenize("a")).toHaveLength(1);
  expect(() => missing.tokenize("z")).toThrow('encode: "z" is not in the vocabulary');
});

test("without an unknown token unknown characters are left out, and offsets stay true", () => {
  const model = new BpeModel({ vocabulary: Vocabulary.fromTokens(["a", "b", "ab"]), merges: [["a", "b"]] });
  expect(model.tokenize("azb")).toEqual([{ id: 2, token: "ab", start: 0, end: 3 }]);
  expect(model.tokenize("zab")).toEqual([{ id: 2, token: "ab", start: 1, end: 3 }]);
  expect(model.tokenize("z")).toEqual([]);
});

test("bytes stand for a character only if the vocabulary has all of them, in the order of the text", () => {
  const vocabulary = Vocabulary.fromTokens(["<unk>", "<0xC3>", "<0xA9>"]);
  const model = new BpeModel({ vocabulary, merges: [], unkToken: "<unk>", byteFallback: true });
  expect(model.tokenize("éèé").map(({ id, start, end }) => [id, start, end])).toEqual([
    [1, 0, 1],
    [2, 0, 1],
    [0, 1, 2],
    [1, 2, 3],
    [2, 2, 3],
  ]);
});

test("a piece of a million characters without a space is encoded in a moment", () => {
  const model = trainBpe(new Map([["abababab", 9]]), { ...special, minFrequency: 1, vocabSize: 20 });
  const started = performance.now();
  const tokens = model.tokenize("ab".repeat(500_000));
  expect(tokens.map(({ token }) => token).join("")).toHaveLength(1_000_000);
  expect(performance.now() - started).toBeLessThan(10_000); // quadratic time would be hours
});

test("dropout leaves out the share of merges that it says, and only with a generator", () => {
  const { vocabulary, merges } = trainBpe(new Map([["abcd", 9]]), { ...special, minFrequency: 1, vocabSize: 20 });
  const textsWith = (dropout: number, random?: () => number) =>
    new BpeModel({ vocabulary, merges, dropout, random }).tokenize("abcd").map(({ token }) => token);
  expect(textsWith(1, () => 0.999)).toEqual(["a", "b", "c", "d"]);
  expect(textsWith(0, () => 0)).toEqual(["abcd"]);
  expect(textsWith(0.5)).toEqual(["abcd"]);
  expect(() => new BpeModel({ vocabulary, merges, dropout: 1.5 })).toThrow(
    "tokenizer.json at model.dropout: expected a number from 0 to 1, got 1.5",
  );
});

test("a merge that was skipped comes up again once another one is done", () => {
  const vocabulary = Vocabulary.fromTokens(["a", "b", "c", "d", "ab", "cd"]);
  const merges: BpeMerge[] = [
    ["a", "b"],
    ["c", "d"],
  ];
  const drawn = [0.1, 0.9, 0.9];
  const model = new BpeModel({ vocabulary, merges, dropout: 0.5, random: () => drawn.shift() ?? 0 });
  expect(model.tokenize("abcd").map(({ token }) => token)).toEqual(["ab", "cd"]);
  expect(model.tokenize("abcd").map(({ token }) => token)).toEqual(["a", "b", "c", "d"]); // not from a cache
});

test("short pieces are merged as long ones are", () => {
  const pairs = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 20 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(pairs, text, (places, piece) => {
      const tokens = ["a", "b", "c"];
      const merges: BpeMerge[] = [];
      for (const [left, right] of places) {
        const merge = [tokens[left % tokens.length] ?? "", tokens[right % tokens.length] ?? ""] as const;
        if (!tokens.includes(merge.join(""))) tokens.push(merge.join(""));
        merges.push(merge);
      }
      const options = { vocabulary: Vocabulary.fromTokens(tokens), merges };
      const skipsNone = new BpeModel({ ...options, dropout: 0.5, random: () => 1 });
      expect(new BpeModel(options).tokenize(piece)).toEqual(skipsNone.tokenize(piece));
    }),
    { numRuns: 1000 },
  );
});

test("ranks are found for the pairs of a list, the later one for a pair that comes twice", () => {
  const pairs = fc.array(fc.tuple(fc.nat(40), fc.nat(2 ** 31 - 1)), { maxLength: 200 });
  fc.assert(
    fc.property(pairs, fc.array(fc.nat(199)), (list, again) => {
      const all = [...list, ...again.flatMap((place) => list.slice(place, place + 1))];
      const ranks = new RankTable(Int32Array.from(all.flat()));
      const expected = new Map(all.map(([left, right], rank) => [`${left} ${right}`, rank]));
      for (const [left, right] of list) expect(ranks.rankOf(left, right)).toBe(expected.get(`${left} ${right}`));
      expect(ranks.rankOf(41, 0)).toBe(-1);
    }),
  );
});

test("older files, with lines of merges.txt as merges, are read", () => {
  const json = { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["#version: 0.2", "a b"] };
  expect(readModel(json, "model").tokenize("ab")).toEqual([{ id: 2, token: "ab", start: 0, end: 2 }]);
  expect(() => readModel({ ...json, merges: ["a b", "ab"] }, "model")).toThrow(
    'tokenizer.json at model.merges[1]: expected two tokens, got "ab"',
  );
});

test("a map of pairs holds what a Map would", () => {
  const entries = fc.array(fc.tuple(fc.nat(40), fc.nat(2 ** 31 - 1), fc.nat(1000)), { maxLength: 200 });
  fc.assert(
    fc.property(entries, (triples) => {
      const pairs = new PairMap();
      const expected = new Map(triples.map(([left, right, value]) => [`${left} ${right}`, value]));
      for (const [left, right, value] of triples) pairs.set(left, right, value);
      expect(pairs.size).toBe(expected.size);
      for (const [left, right] of triples) expect(pairs.get(left, right)).toBe(expected.get(`${left} ${right}`));
      expect(pairs.get(41, 0)).toBe(-1);
    }),
  );
});

test("merges that the vocabulary cannot hold are refused with their place", () => {
  const vocabulary = Vocabulary.fromTokens(["a", "b"]);
  expect(() => new BpeModel({ vocabulary, merges: [["a", "b"]] })).toThrow(
    'tokenizer.json at model.merges[0]: expected tokens of the vocabulary, got "ab", which it lacks',
  );
  const marked = { vocabulary: Vocabulary.fromTokens(["a", "##b"]), continuingSubwordPrefix: "##" };
  expect(() => new BpeModel({ ...marked, merges: [["a", "##b"]] })).toThrow(
    'model.merges[0]: expected tokens of the vocabulary, got "ab"',
  );
});

test("merges.txt is written as it is read, and a line of one part is refused", () => {
  const text = "#version: 0.2\na b\nab c\n";
  expect(readMergesTxt(text)).toEqual([
    ["a", "b"],
    ["ab", "c"],
  ]);
  expect(writeMergesTxt(readMergesTxt(text))).toBe(text);
  expect(() => readMergesTxt("a b\r\nabc\r\n")).toThrow(
    'merges.txt at line 2: expected two tokens divided by a space, got "abc"',
  );
});
