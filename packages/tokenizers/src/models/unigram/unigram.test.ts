import { describe, expect, test } from "vitest";
import { UnknownTokenError } from "../../errors.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { readModel } from "../read-model.ts";
import { UnigramModel } from "./model.ts";
import { exp, log } from "./portable-math.ts";

const VOCABULARY = { "<unk>": 0, a: Math.log(0.2), b: Math.log(0.3), ab: Math.log(0.25), ba: Math.log(0.25) };

function modelOf(scores: Readonly<Record<string, number>>, options: { unkId?: number; byteFallback?: boolean } = {}) {
  const vocabulary = Vocabulary.fromTokens(Object.keys(scores));
  return new UnigramModel({ vocabulary, scores: Object.values(scores), ...options });
}

const cut = (tokens: readonly { token: string }[]) => tokens.map(({ token }) => token).join(" ");

/** A small generator of its own: the tests need a fixed stream, not a good one. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("the most likely segmentation wins", () => {
  const model = modelOf(VOCABULARY, { unkId: 0 });
  expect(cut(model.tokenize("abba"))).toBe("ab ba");
  expect(model.tokenize("ab")).toEqual([{ id: 3, token: "ab", start: 0, end: 2 }]);
});

test("unknown neighbours are one token with the text itself, in code units", () => {
  expect(modelOf(VOCABULARY, { unkId: 0 }).tokenize("a𝔘zb")).toEqual([
    { id: 1, token: "a", start: 0, end: 1 },
    { id: 0, token: "𝔘z", start: 1, end: 4 },
    { id: 2, token: "b", start: 4, end: 5 },
  ]);
});

test("byte fallback writes the bytes where the vocabulary has all of them", () => {
  const model = modelOf({ "<unk>": 0, a: -1, "<0xC3>": -9, "<0xA9>": -9 }, { unkId: 0, byteFallback: true });
  expect(model.tokenize("aé")).toEqual([
    { id: 1, token: "a", start: 0, end: 1 },
    { id: 2, token: "<0xC3>", start: 1, end: 2 },
    { id: 3, token: "<0xA9>", start: 1, end: 2 },
  ]);
  expect(cut(model.tokenize("aè"))).toBe("a è");
  expect(model.tokenize("è")[0]?.id).toBe(0);
});

test("without an unknown token, what tokens cannot make up is refused", () => {
  const model = modelOf({ ab: -1, a: -2 });
  expect(cut(model.tokenize("aab"))).toBe("a ab");
  for (const call of [
    () => model.tokenize("aba?"),
    () => model.nBest("b", 2),
    () => model.sample("abb", 1, stream(1)),
  ]) {
    expect(call).toThrow(UnknownTokenError);
  }
});

describe("nBest", () => {
  const model = modelOf(VOCABULARY, { unkId: 0 });

  test("gives all segmentations, best first, with their probabilities", () => {
    const all = model.nBest("aba", 10).map(({ tokens, score }) => [cut(tokens), Math.exp(score)] as const);
    expect(all.map(([tokens]) => tokens)).toEqual(["a ba", "ab a", "a b a"]);
    expect(all[0]?.[1]).toBeCloseTo(0.05, 12);
    expect(all[2]?.[1]).toBeCloseTo(0.012, 12);
  });

  test("gives as many as asked for, the first being that of tokenize", () => {
    const [first, second, ...rest] = model.nBest("abbaab", 2);
    expect(first?.tokens).toEqual(model.tokenize("abbaab"));
    expect(second?.score).toBeLessThanOrEqual(first?.score ?? 0);
    expect(rest).toEqual([]);
  });

  test("agrees with a full enumeration", () => {
    const piece = "abbabaab";
    const scores = model.nBest(piece, 1000).map(({ score }) => score);
    expect(scores).toHaveLength(countSegmentations(model, piece));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  test("refuses an n that is no count", () => {
    expect(() => model.nBest("a", 0)).toThrow("nBest: expected n to be an integer >= 1, got 0");
  });
});

function countSegmentations({ vocabulary }: Pick<UnigramModel, "vocabulary">, piece: string): number {
  if (piece === "") return 1;
  return vocabulary.tokens
    .filter((token) => piece.startsWith(token))
    .reduce((sum, token) => sum + countSegmentations({ vocabulary }, piece.slice(token.length)), 0);
}

describe("sample", () => {
  const model = modelOf(VOCABULARY, { unkId: 0 });

  function frequencies(alpha: number): Record<string, number> {
    const random = stream(7);
    const counts: Record<string, number> = { "a b a": 0, "ab a": 0, "a ba": 0 };
    for (let i = 0; i < 10000; i++) {
      const key = cut(model.sample("aba", alpha, random));
      counts[key] = (counts[key] ?? 0) + 1 / 10000;
    }
    return counts;
  }

  test("draws by probability", () => {
    const total = 0.05 + 0.05 + 0.012;
    const seen = frequencies(1);
    // Three standard errors of a share of 0.45 among 10,000 draws are 0.015.
    expect(Math.abs((seen["ab a"] ?? 0) - 0.05 / total)).toBeLessThan(0.015);
    expect(Math.abs((seen["a b a"] ?? 0) - 0.012 / total)).toBeLessThan(0.015);
  });

  test("alpha 0 makes all segmentations equally likely, and a large one chooses the best", () => {
    expect(Math.abs((frequencies(0)["a b a"] ?? 0) - 1 / 3)).toBeLessThan(0.015);
    expect(frequencies(200)["a b a"]).toBe(0);
  });

  test("the same stream gives the same tokens", () => {
    expect(model.sample("abbaabab", 0.2, stream(3))).toEqual(model.sample("abbaabab", 0.2, stream(3)));
  });

  test("refuses an alpha that is no exponent", () => {
    expect(() => model.sample("a", -1, stream(1))).toThrow("sample: expected alpha to be a finite number >= 0, got -1");
  });
});

test.each([
  [{ vocab: [["a", -1]], unk_id: 1 }, "model.unk_id: expected null or an id below 1, got 1"],
  [{ vocab: [["a", "-1"]] }, 'model.vocab[0][1]: expected a number, got "-1"'],
  [{ vocab: [["a"]] }, "model.vocab[0]: expected a token and its score, got an array of 1"],
  [{ vocab: { a: 0 } }, "model.vocab: expected an array, got an object"],
  [{ vocab: [["a", Number.NaN]] }, "model.vocab[0][1]: expected a finite number, got NaN"],
])("refuses %j", (fields, message) => {
  expect(() => readModel({ type: "Unigram", ...fields }, "model")).toThrow(message);
});

test("the portable exp and log are those of Math but for the last bits", () => {
  for (let x = -700; x < 700; x += 0.37) expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
  for (let x = 1e-300; x < 1e300; x *= 1.7) {
    expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(Math.log(x))));
  }
  expect([exp(0), log(1), log(0), exp(-1000)]).toEqual([1, 0, Number.NEGATIVE_INFINITY, 0]);
});

test("a token that is listed again has its last id and score, as in Hugging Face's library", () => {
  const json = {
    type: "Unigram",
    unk_id: 0,
    vocab: [
      ["<unk>", 0],
      ["a", -1],
      ["b", -2],
      ["a", -3],
    ],
    byte_fallback: false,
  };
  const model = readModel(json, "model");
  expect(model.tokenize("ab").map(({ id }) => id)).toEqual([3, 2]);
  expect(model.toJson()).toEqual(json);
});

test("sums of scores round as in Hugging Face's library, which misses the nearest number when it reads a file", () => {
  // 72455951181194855 / 10^16 is not 7.2455951181194855.
  const model = modelOf({ a: -7.2455951181194855, aa: -1, b: -7.245595118119485, bb: -1 });
  expect(model.nBest("a", 1)[0]?.score).toBe(model.nBest("b", 1)[0]?.score);
});

test("an unknown character scores 10 less than the least likely token", () => {
  const model = modelOf({ "<unk>": 0, a: -2, b: -3 }, { unkId: 0 });
  expect(model.nBest("ax", 1)[0]?.score).toBe(-2 + (-3 - 10));
});
