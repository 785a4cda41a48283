import { concat, createSession, Rng, type Session, square, sum, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { attentionKinds } from "./kinds.ts";

const [batchSize, srcLen, querySize, valueSize] = [3, 4, 2, 5];
const lengths = Int32Array.of(4, 2, 0);
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

function make(kind: keyof typeof attentionKinds) {
  const stream = new Rng(6).stream(kind);
  const attention = new attentionKinds[kind](session, { querySize, valueSize, stream });
  const draw = (name: string, shape: readonly number[]): Tensor =>
    session.tensor(stream.fork(name).normal(shape.reduce((a, b) => a * b, 1)), shape, { requiresGrad: true });
  return {
    attention,
    query: draw("query", [batchSize, querySize]),
    outputs: draw("outputs", [batchSize, srcLen, valueSize]),
  };
}

const kinds = Object.keys(attentionKinds) as (keyof typeof attentionKinds)[];

test.each(kinds)("%s attention weighs real positions only, and its weights sum to 1", (kind) => {
  const { attention, query, outputs } = make(kind);
  const { context, attentionWeights } = attention.attend(query, attention.prepare({ outputs, lengths }));
  const weights = attentionWeights.readSync();
  expect(weights[0]! + weights[1]! + weights[2]! + weights[3]!).toBeCloseTo(1, 12);
  expect(weights[4]! + weights[5]!).toBeCloseTo(1, 12);
  expect([...weights.slice(6)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...context.readSync().slice(2 * valueSize)]).toEqual([0, 0, 0, 0, 0]);
});

test.each(kinds)("%s attention gradients agree with central differences", (kind) => {
  const { attention, query, outputs } = make(kind);
  const loss = () => {
    const { context, attentionWeights } = attention.attend(query, attention.prepare({ outputs, lengths }));
    return sum(square(concat([context, attentionWeights], 1)));
  };
  checkGradients(loss, [query, outputs, ...attention.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("general attention is query . W value", () => {
  const { attention, query, outputs } = make("general");
  const { keys } = attention.prepare({ outputs, lengths });
  const [q, k] = [query.readSync(), keys.readSync()];
  const score = (time: number) => q[2]! * k[(srcLen + time) * 2]! + q[3]! * k[(srcLen + time) * 2 + 1]!;
  const weights = attention.attend(query, { keys, values: outputs, lengths }).attentionWeights.readSync();
  expect(weights[4]! / weights[5]!).toBeCloseTo(Math.exp(score(0) - score(1)), 10);
});
