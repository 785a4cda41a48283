import { backward, createSession, denseGradient, IndexError, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { BagEmbedding } from "./bag-embedding.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

const bags = [[], [0, 2], [1], [3, 3, 1, 0]];
const layerOf = (on: Session) =>
  new BagEmbedding(on, { bags, rows: 4, embeddingSize: 2, stream: new Rng(3).stream("bags") });

test("the vector of a token is the sum of its rows, of which some may come twice, and zero of none", () => {
  const layer = layerOf(session);
  const table = [...layer.weight.readSync()];
  const row = (number: number, at: number) => table[2 * (number + 1) + at]!;
  const ids = session.tensor([1, 0, 3, 2, 1, 3], [2, 3], { dtype: "int32" });
  const vectors = layer.forward(ids);
  expect(vectors.shape).toEqual([2, 3, 2]);
  const sums = [1, 0, 3, 2, 1, 3].flatMap((id) =>
    [0, 1].map((at) => bags[id]!.reduce((total, number) => Math.fround(total + row(number, at)), 0)),
  );
  expect([...vectors.readSync()]).toEqual(sums);
});

test("what else is in a batch changes no bit of a vector", () => {
  const layer = layerOf(session);
  const vectorOf = (ids: readonly number[]) =>
    [...layer.forward(session.tensor([...ids], [ids.length], { dtype: "int32" })).readSync()].slice(0, 2);
  expect(vectorOf([1, 3, 0, 2])).toEqual(vectorOf([1]));
});

test("gradients agree with central differences", async () => {
  const precise = await createSession({ backend: "reference", dtype: "float64" });
  const equal = [
    [0, 2],
    [1, 1],
    [3, 2],
  ];
  const layer = new BagEmbedding(precise, {
    bags: equal,
    rows: 4,
    embeddingSize: 2,
    stream: new Rng(3).stream("bags"),
  });
  const ids = precise.tensor([1, 0, 2, 2], [4], { dtype: "int32" });
  checkGradients(() => sum(square(layer.forward(ids))), [layer.weight], { eps: 1e-5, rtol: 1e-6 });
});

test("the row that fills up shorter bags gets no gradient", () => {
  using _scope = session.scope();
  const layer = layerOf(session);
  const gradients = backward(sum(layer.forward(session.tensor([1, 3], [2], { dtype: "int32" }))));
  expect([...denseGradient(gradients.get(layer.weight)!).readSync()]).toEqual([0, 0, 2, 2, 1, 1, 1, 1, 2, 2]);
});

test("an id without a bag, and a bag with what is no row, are refused", () => {
  const layer = layerOf(session);
  const far = session.tensor([0, 4], [2], { dtype: "int32" });
  expect(() => layer.forward(far)).toThrow(IndexError);
  expect(() => layer.forward(far)).toThrow("BagEmbedding: id 4 at position 1 is outside the table of 4 tokens");
  const stream = new Rng(3).stream("bags");
  expect(() => new BagEmbedding(session, { bags: [[4]], rows: 4, embeddingSize: 2, stream })).toThrow(
    "BagEmbedding: expected bags[0] to be rows in [0, 4), got 4",
  );
});
