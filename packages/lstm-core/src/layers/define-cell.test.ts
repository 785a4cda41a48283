import { add, createSession, linear, mul, Rng, sub, tanh } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { z } from "zod";
import { poolingConfigOf, recurrentConfigOf } from "../config.ts";
import { LastPooling } from "../pooling/last.ts";
import { buildPooling, type PoolingName } from "../pooling/poolings.ts";
import { buildRecurrent } from "./build-recurrent.ts";
import { defineCell } from "./define-cell.ts";
import { stackedWeights } from "./stacked-weights.ts";

/** A leaky integrator: the state moves towards the candidate by a share. */
const leaky = defineCell({
  kind: "leaky",
  description: "leaky integrators",
  options: { share: z.number().min(0).max(1).default(0.25) },
  blocks: 1,
  cellOf: (hiddenSize, { share }) => ({
    makeWeights: stackedWeights(["candidate"], hiddenSize),
    cell({ weightIh, weightHh, biasIh, biasHh }, input, { hiddenState }) {
      const candidate = tanh(add(linear(input, weightIh, biasIh), linear(hiddenState, weightHh, biasHh)));
      return { hiddenState: add(hiddenState, mul(sub(candidate, hiddenState), share)) };
    },
  }),
});
const config = recurrentConfigOf([leaky]);

test("a cell of one's own is a kind with its options, and stacks as all kinds do", async () => {
  const session = await createSession({ backend: "reference" });
  const section = config.parse({ kind: "leaky", hiddenSize: 3, numLayers: 2, bidirectional: true });
  expect(section).toMatchObject({ kind: "leaky", share: 0.25, dropout: 0 });
  const stream = new Rng(1).stream("layers");
  const layers = buildRecurrent(session, section, { inputSize: 2, stream, cells: [leaky] });
  const x = session.tensor([1, -1, 0.5, 0.25], [1, 2, 2]);
  const { output } = layers.forward(x);
  expect(output.shape).toEqual([1, 2, 6]);

  const one = config.parse({ kind: "leaky", hiddenSize: 2, share: 1 });
  const alone = buildRecurrent(session, one, { inputSize: 2, stream, cells: [leaky] });
  const weights = alone.parameters();
  const [first] = [alone.forward(session.tensor([1, -1], [1, 1, 2])).output];
  const expected = tanh(
    linear(session.tensor([1, -1], [1, 2]), weights.get("weight_ih_l0")!, weights.get("bias_ih_l0")!),
  );
  expect([...first.readSync()]).toEqual([...expected.readSync()].map((value) => expect.closeTo(Number(value), 6)));
});

test("its options are checked, and so is its memory", () => {
  const faults = (section: object) => config.safeParse({ kind: "leaky", ...section }).error?.issues[0]?.message;
  expect(faults({ hiddenSize: 2, share: 2 })).toMatch(/<=1/);
  expect(faults({ hiddenSize: 2, shares: 2 })).toMatch(/shares/);
  expect(faults({ hiddenSize: 60_000 })).toMatch(/3,600,000,000 weights/);
});

test("an unknown kind has the own ones among its choices, and a pooling likewise", async () => {
  const session = await createSession({ backend: "reference" });
  const stream = new Rng(1).stream("layers");
  const section = { ...config.parse({ kind: "leaky", hiddenSize: 2 }), kind: "leakey" as "lstm" };
  const build = () => buildRecurrent(session, section, { inputSize: 2, stream, cells: [leaky] });
  expect(build).toThrow(/slstm, mlstm, leaky, got leakey; did you mean leaky\?/);

  const own = [{ name: "final", description: "the final state", Pooling: LastPooling }];
  const options = { layers: { outputSize: 4, directions: 1 } as const, stream };
  expect(poolingConfigOf(own).parse("final")).toBe("final");
  expect(buildPooling(session, "final" as PoolingName, options, own).outputSize).toBe(4);
  expect(() => buildPooling(session, "finale" as PoolingName, options, own)).toThrow(
    /selfAttention, final, got finale/,
  );
});
