/** Vectors of words from their characters: what they depend on, gradients, padding. */
import { backward, createSession, denseGradient, Rng, type Session, square, sum, tanh } from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { CharCnn } from "./char-cnn.ts";
import { CharLstm } from "./char-lstm.ts";
import { type CharacterEncoder, type PaddedWords, padWords } from "./padded-words.ts";

expect.extend({ toEqualTensorBits });

const stream = new Rng(8).stream("characters");
const sizes = { vocabSize: 7, embeddingSize: 3, paddingIndex: 0, stream };
const filters = [
  { kernelSize: 2, count: 3 },
  { kernelSize: 3, count: 2 },
];
const encoders: readonly [string, (session: Session) => CharacterEncoder, readonly string[]][] = [
  [
    "CharCnn",
    (session) => new CharCnn(session, { ...sizes, filters }),
    ["embedding.weight", "filters.0.weight", "filters.0.bias", "filters.1.weight", "filters.1.bias"],
  ],
  [
    "CharLstm",
    (session) => new CharLstm(session, { ...sizes, hiddenSize: 2 }),
    ["embedding.weight", ...["l0", "l0_reverse"].flatMap((suffix) => names(suffix))],
  ],
];

function names(suffix: string): string[] {
  return ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => `lstm.${name}_${suffix}`);
}

const sentences = [[[1, 2, 3], [4]], [], [[5, 6, 1, 2], [], [3, 3]]];

/** The same words in more padding, which holds other ids. */
function widened(words: PaddedWords): PaddedWords {
  const [seqLen, wordLen] = [words.seqLen + 2, words.wordLen + 3];
  const ids = new Int32Array(words.batchSize * seqLen * wordLen).fill(6);
  const lengths = new Int32Array(words.batchSize * seqLen);
  words.lengths.forEach((length, at) => {
    const to = Math.floor(at / words.seqLen) * seqLen + (at % words.seqLen);
    lengths[to] = length;
    ids.set(words.ids.subarray(at * words.wordLen, at * words.wordLen + length), to * wordLen);
  });
  return { ids, lengths, batchSize: words.batchSize, seqLen, wordLen };
}

test("padWords pads sentences and words to the longest", () => {
  const words = padWords([[[1, 2], [3]], [[4, 5, 6]]], 0);
  expect([...words.ids]).toEqual([1, 2, 0, 3, 0, 0, 4, 5, 6, 0, 0, 0]);
  expect([...words.lengths]).toEqual([2, 1, 3, 0]);
  expect(padWords([], 0)).toMatchObject({ batchSize: 0, seqLen: 1, wordLen: 1 });
});

describe.each(encoders)("%s", (owner, make, parameters) => {
  test("gives each word the vector that it has alone, and zeros where there is none", async () => {
    const session = await createSession({ backend: "reference" });
    const encoder = make(session);
    const size = encoder.outputSize;
    const output = encoder.forward(padWords(sentences, 0));
    expect(output.shape).toEqual([3, 3, size]);
    const want = sentences.flatMap((words) =>
      [0, 1, 2].flatMap((place) => {
        const word = words[place] ?? [];
        return word.length === 0
          ? new Array<number>(size).fill(0)
          : [...encoder.forward(padWords([[word]], 0)).readSync()];
      }),
    );
    expect(output.readSync()).toEqualTensorBits(want);
    expect([...encoder.parameters().keys()]).toEqual(parameters);
  });

  test("gradients agree with central differences", async () => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const encoder = make(session);
    const words = padWords(sentences, 0);
    const trained = [...encoder.parameters().values()];
    const loss = () => sum(square(tanh(encoder.forward(words))));
    checkGradients(loss, trained.slice(1), { eps: 1e-5, rtol: 1e-6 });
    const table = denseGradient(backward(loss()).get(trained[0]!)!).readSync();
    expect(table.slice(0, 3).every((value) => value === 0)).toBe(true); // padding has no vector to learn
    expect(table.slice(3).some((value) => value !== 0)).toBe(true);
  });

  test("padding changes no bit of a vector or a gradient", async () => {
    const session = await createSession({ backend: "reference" });
    const run = (words: PaddedWords) => {
      const encoder = make(session);
      const output = encoder.forward(words);
      const vectors = output.readSync();
      const real = [...words.lengths.keys()].filter((at) => words.lengths[at]! > 0);
      const gradients = backward(sum(square(output)));
      return [
        real.flatMap((at) => [...vectors.subarray(at * encoder.outputSize, (at + 1) * encoder.outputSize)]),
        ...[...encoder.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync()),
      ];
    };
    const words = padWords(sentences, 0);
    const wide = run(widened(words));
    run(words).forEach((want, index) => {
      expect(wide[index]!).toEqualTensorBits(want);
    });
  });

  test("words that do not fit together are refused", async () => {
    const encoder = make(await createSession({ backend: "reference" }));
    expect(() => encoder.forward({ ...padWords(sentences, 0), wordLen: 9 })).toThrow(
      `${owner}: expected 3 rows of 3 words of 9 characters, got 36 ids and 9 lengths`,
    );
  });
});

test("options outside their ranges are refused by name", async () => {
  const session = await createSession({ backend: "reference" });
  expect(() => new CharCnn(session, { ...sizes, filters: [] })).toThrow(
    "CharCnn: expected filters to be at least one size of filters, got none",
  );
  expect(() => new CharCnn(session, { ...sizes, widths: [3] } as never)).toThrow(
    /expected options to be among .*, got widths/,
  );
  expect(() => new CharLstm(session, { ...sizes, hiddenSize: 0 })).toThrow("hiddenSize");
});
