/** What plain JavaScript can give in the wrong place is refused by who was asked, what was expected and what came. */
import { createSession, Rng, type Session, type Tensor } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as typed from "../src/index.ts";

/** As a caller without types sees the functions. */
const untyped = typed as unknown as Record<string, (...args: unknown[]) => unknown>;
const { Crf, crossEntropy, Embedding, Linear, Lstm, loadStateDict, MultiHeadAttention, squaredError } = typed;
const stream = new Rng(1).stream("weights");
let session: Session;
let x: Tensor;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
  x = session.zeros([1, 2, 3]);
});

afterAll(() => session.dispose());

const lstm = () => new Lstm(session, { inputSize: 3, hiddenSize: 4, stream });
const none = undefined as never;

test.each([[[Number.NaN]], [[1.5]], [[3]], [[-1]]])("the lengths %j are refused", (lengths) => {
  const given = lengths as unknown as Int32Array;
  const message = `lengths in [0, 2], got ${lengths[0]} in row 0`;
  expect(() => lstm().forward(x, { lengths: given })).toThrow(message);
  expect(() => crossEntropy(x, [0, 1], { lengths: given })).toThrow(message);
  const attention = new MultiHeadAttention(session, { size: 3, heads: 1, stream });
  expect(() => attention.forward(x, { lengths: given })).toThrow(message);
});

test.each<[string, () => unknown]>([
  ["Lstm", () => new Lstm(session, { inputSize: 3, hiddenSize: 4, stream: none })],
  ["weight", () => new Linear(session, { inputSize: 3, outputSize: 4, stream: none })],
  ["weight", () => new Embedding(session, { vocabSize: 3, embeddingSize: 4, stream: none })],
  ["transitions", () => new Crf(session, { numTags: 3, stream: none })],
])("%s needs a stream to draw from", (owner, make) => {
  expect(make).toThrow(
    `${owner}: expected stream to be a random stream, such as new Rng(1).stream("weights"), got undefined`,
  );
});

test.each<[string, () => unknown, string]>([
  [
    "a list as input",
    () => lstm().forward([[[1, 2, 3]]] as never),
    "Lstm: expected input of shape [batch, time, 3], got a list",
  ],
  [
    "a state in no list",
    () => lstm().forward(x, { initialState: { hiddenState: session.zeros([1, 4]) } as never }),
    "Lstm: expected initialState to be 1 states, got no list",
  ],
  [
    "half a state",
    () => lstm().forward(x, { initialState: [{ hiddenState: session.zeros([1, 4]) } as never] }),
    "lstm: expected initialState to be a hiddenState and a cellState, got a hiddenState alone",
  ],
  [
    "weights of classes in a list",
    () => crossEntropy(x, [0, 1], { classWeights: [1, 1, 2] as never }),
    "expected a float tensor, got a list",
  ],
  [
    "no targets",
    () => squaredError(x, none),
    "squaredError: expected targets to be numbers, such as [0, 2, 1], got undefined",
  ],
  ["targets in a tensor", () => crossEntropy(x, session.zeros([2]) as never), "got a tensor; give await tensor.read()"],
  [
    "a mask that is too long",
    () => crossEntropy(x, [0, 1], { mask: [1, 1, 1] }),
    "expected mask of 2 or 1 numbers, got 3",
  ],
  [
    "tensors in no Map",
    () => untyped.loadStateDict!(lstm(), { a: 1 }),
    "loadStateDict: expected tensors to be a Map of tensors by name, got { a }",
  ],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

test("a saved name that is nearly right is shown beside the missing one", () => {
  const saved = typed.stateDict(lstm());
  saved.set("weigt_hh_l0", saved.get("weight_hh_l0")!);
  saved.delete("weight_hh_l0");
  expect(() => loadStateDict(lstm(), saved)).toThrow(
    "missing: weight_hh_l0 [16, 4]; the nearest saved name is weigt_hh_l0\nunexpected: weigt_hh_l0",
  );
});
