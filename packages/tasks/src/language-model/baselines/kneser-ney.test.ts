import { expect, test } from "vitest";
import { KneserNey } from "./kneser-ney.ts";

/** a b a b a c, of a vocabulary of four words, the last of which stands before the text. */
const [a, b, c, start] = [0, 1, 2, 3];
const ids = [a, b, a, b, a, c];
const options = { order: 2, vocabSize: 4, startId: start };

/** The probability of each word after another one. */
function after(model: KneserNey, word: number): number[] {
  return [a, b, c, start].map((next) => model.probability([word, next], 1));
}

test("probabilities of bigrams are those computed by hand", () => {
  // Bigrams once: start a, a c; twice: a b, b a. Discount 2 / (2 + 2 * 2) = 1/3.
  // Words by what stands before them: a after 2, b and c after 1, of 4. Discount 2 / (2 + 2 * 1) = 1/2.
  const model = KneserNey.fit(ids, options);
  const shorter = [0.375, 0.125, 0.125, 0].map((own) => own + ((0.5 * 3) / 4) * (1 / 4));
  expect(after(model, c)).toEqual(shorter); // nothing follows c in the text
  const longer = [0, 5 / 3, 2 / 3, 0].map((own, word) => own / 3 + ((1 / 3) * 2 * shorter[word]!) / 3);
  for (const [word, expected] of longer.entries()) expect(after(model, a)[word]).toBeCloseTo(expected, 14);
  expect(after(model, a)[b]).toBeCloseTo(0.6041666666666667, 14);
});

test("probabilities after any words sum to one", () => {
  const text = Array.from({ length: 400 }, (_, at) => (at * at + (at >> 3)) % 7);
  const model = KneserNey.fit(text, { order: 4, vocabSize: 8, startId: 7 });
  for (const history of [[], [1], [5, 5], [0, 1, 4], [1, 4, 2], [7, 7, 7]]) {
    const sum = Array.from({ length: 8 }, (_, word) => model.probability([...history, word], history.length));
    expect(sum.reduce((one, other) => one + other, 0)).toBeCloseTo(1, 12);
  }
});

test("a model of one word alone is its share, smoothed", () => {
  const model = KneserNey.fit(ids, { ...options, order: 1 });
  // a 3, b 2, c 1 of 6; discount 1 / (1 + 2 * 1)
  const expected = [3, 2, 1].map((count) => (count - 1 / 3) / 6 + ((1 / 3) * 3) / 6 / 4);
  expect([a, b, c].map((word) => model.probability([word], 0))).toEqual(expected.map((one) => expect.closeTo(one, 14)));
});

test("what was saved gives the same probabilities, and nats are sums of their logarithms", () => {
  const model = KneserNey.fit(ids, options);
  const loaded = KneserNey.load(JSON.parse(JSON.stringify(model.save())));
  for (const word of [a, b, c, start]) expect(after(loaded, word)).toEqual(after(model, word));
  const nats = -Math.log(model.probability([a, b], 1)) - Math.log(model.probability([b, a], 1));
  expect(loaded.nats([a, b, a], 1)).toBeCloseTo(nats, 12);
});
