import fc from "fast-check";
import { expect, test } from "vitest";
import { Vocabulary } from "../../vocabulary.ts";
import { BinaryHeap } from "./heap.ts";
import { type BpeMerge, BpeModel } from "./model.ts";
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

test("an alphabet that does not fit loses its rarest characters", () => {
  const counts = new Map([
    ["ba", 5],
    ["c", 1],
    ["d", 2],
  ]);
  const model = trainBpe(counts, { ...special, minFrequency: 1, vocabSize: 5 });
  expect(model.vocabulary.tokens).toEqual(["<pad>", "<unk>", "a", "b", "d"]);
  expect(model.tokenize("bc").map(({ token }) => token)).toEqual(["b", "<unk>"]);
});

test("no words give the special tokens alone", () => {
  expect(trainBpe(new Map(), { ...special, minFrequency: 1, vocabSize: 10 }).vocabulary.tokens).toEqual([
    "<pad>",
    "<unk>",
  ]);
});

test("a size that cannot hold the special tokens is refused", () => {
  expect(() => trainBpe(new Map(), { ...special, minFrequency: 1, vocabSize: 1 })).toThrow(
    "trainTokenizer: expected vocabSize of at least 2, the number of special tokens, got 1",
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

test("unknown characters are one token each, or fused, or an error", () => {
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
  expect(() => new BpeModel(options).tokenize("z")).toThrow('encode: "z" is not in the vocabulary');
});

test("a piece of 200,000 characters without a space is encoded in a moment", () => {
  const model = trainBpe(new Map([["abababab", 9]]), { ...special, minFrequency: 1, vocabSize: 20 });
  const started = performance.now();
  const tokens = model.tokenize("ab".repeat(100_000));
  expect(tokens.map(({ token }) => token).join("")).toHaveLength(200_000);
  expect(performance.now() - started).toBeLessThan(5_000); // quadratic time would be minutes
});

test("merges that the vocabulary cannot hold are refused with their place", () => {
  const vocabulary = Vocabulary.fromTokens(["a", "b"]);
  expect(() => new BpeModel({ vocabulary, merges: [["a", "b"]] })).toThrow(
    'tokenizer.json at model.merges[0]: expected tokens of the vocabulary, got "ab", which it lacks',
  );
  expect(() => new BpeModel({ vocabulary, merges: [], unkToken: "<unk>" })).toThrow("model.unk_token");
});
