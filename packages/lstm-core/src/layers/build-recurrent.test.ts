/** What the options of a config's recurrent section do to the layers. */
import { add, backward, createSession, denseGradient, Rng, type Session, sum, type Tensor } from "@cellstate/tensor";
import "../../test/matchers.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { type RecurrentConfig, recurrentConfig } from "../config.ts";
import { constant } from "../initializers/initializer.ts";
import { plainInitializerNames } from "../initializers/initializers.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { eachGate, lstmGates, perGate } from "../initializers/per-gate.ts";
import { activationPenalty, temporalActivationPenalty } from "../penalties/activation-penalty.ts";
import { buildRecurrent, recurrentKindNames } from "./build-recurrent.ts";
import { Lstm } from "./lstm.ts";

const stream = new Rng(8).stream("build");
const lengths = Int32Array.of(4, 2, 3);
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

const build = (section: object) =>
  buildRecurrent(session, recurrentConfig.parse({ hiddenSize: 4, ...section }), { inputSize: 3, stream });
const training = { training: true, step: 5, examples: Int32Array.of(0, 1, 2) };
const input = () => session.tensor(stream.fork("x").normal(36), [3, 4, 3]);
const valuesOf = (layers: { parameters(): Map<string, Tensor> }) =>
  Object.fromEntries([...layers.parameters()].map(([name, tensor]) => [name, [...tensor.readSync()]]));

const sections: Readonly<Record<string, object>> = {
  ...Object.fromEntries(recurrentKindNames.map((kind) => [kind, { kind }])),
  "slstm in blocks": { kind: "slstm", block: true },
  "mlstm in blocks": { kind: "mlstm", block: true },
  "lstm with all weights": { kind: "lstm", projectionSize: 3, peepholes: true, gateLayerNorm: true },
};

/** `weight_ih_l1_reverse` as a config names it. */
const keyOf = (name: string) =>
  name.replace(/_l\d+(_reverse)?$/, "").replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());

describe.each(Object.entries(sections))("initializers of %s", (_, section) => {
  const layers = { ...section, numLayers: 2, bidirectional: true, highway: true };

  test("reach every weight by its name", () => {
    const names = [...build(layers).parameters().keys()];
    for (const key of new Set(names.map(keyOf))) {
      const changed = valuesOf(build({ ...layers, initializers: { [key]: { kind: "constant", value: 7 } } }));
      const sevens = names.filter((name) => changed[name]!.every((value) => value === 7));
      expect(sevens).toEqual(names.filter((name) => keyOf(name) === key));
    }
  });

  test("fill matrices gate by gate, so that the default by its name changes no bit", () => {
    const plain = valuesOf(build(layers));
    const spelledOut = { weightIh: "glorotUniform", weightHh: "orthogonal" };
    const initializers = Object.fromEntries(
      Object.entries(spelledOut).filter(([key]) => Object.keys(plain).some((name) => keyOf(name) === key)),
    );
    expect(valuesOf(build({ ...layers, initializers }))).toEqual(plain);
  });

  test("of every name make finite numbers for every weight", () => {
    const keys = [...new Set([...build(layers).parameters().keys()].map(keyOf))];
    for (const name of plainInitializerNames) {
      const values = valuesOf(build({ ...layers, initializers: Object.fromEntries(keys.map((key) => [key, name])) }));
      expect(Object.values(values).flat().every(Number.isFinite)).toBe(true);
    }
  });
});

test("an initializer of a class fills a weight as a whole, unless eachGate leaves the cut to the layer", () => {
  const weightOf = (initializer: typeof orthogonal) =>
    new Lstm(session, { inputSize: 3, hiddenSize: 4, stream, initializers: { weightHh: initializer } }).weightsOf(0)
      .weightHh;
  expect(weightOf(eachGate(orthogonal))).toEqualTensorBits(weightOf(perGate(orthogonal, lstmGates)));
  expect(weightOf(orthogonal)).not.toEqualTensorBits(weightOf(eachGate(orthogonal)));
  expect([...weightOf(eachGate(constant(2))).readSync()]).toEqual(Array(64).fill(2));
});

test("a weight that the layers lack is refused with those that they have", () => {
  const initializers = { weightHr: "zeros" } as const;
  const config = { kind: "lstm", hiddenSize: 4, bidirectional: false, dropout: 0, initializers } as const;
  expect(() => buildRecurrent(session, config, { inputSize: 3, stream })).toThrow(
    /^Lstm: expected initializers to be of weightIh, weightHh, biasIh, biasHh, got weightHr/,
  );
});

const weightNames = [
  ...["weightIh", "weightHh", "biasIh", "biasHh", "weightHr", "peepholes", "gainIh", "gainHh", "gainCell", "biasCell"],
  ...["weightIn", "normGain", "normBias", "upNormGain", "upNormBias", "convWeight", "convBias", "headGain", "skip"],
  ...["weightUp", "weightDown", "weightQuery", "weightKey", "weightValue", "weightGates", "biasGates"],
  ...["weightHighway", "biasHighway"],
];
const optionsOfWeights: readonly object[] = [
  {},
  { bias: false },
  { numLayers: 2, highway: true },
  { highway: true },
  { projectionSize: 2, gateLayerNorm: true, peepholes: true },
  { block: true },
];

test.each(recurrentKindNames)(
  "configs of %s take first values of the weights that there are, and no others",
  (kind) => {
    for (const options of optionsOfWeights) {
      const section = { kind, hiddenSize: 4, ...options };
      const config = recurrentConfig.safeParse(section);
      if (!config.success) continue; // an option of another kind
      for (const name of weightNames) {
        const isTaken = recurrentConfig.safeParse({ ...section, initializers: { [name]: "zeros" } }).success;
        const make = () => {
          const filled = { ...config.data, initializers: { [name]: "zeros" } } as RecurrentConfig;
          buildRecurrent(session, filled, { inputSize: 3, stream });
        };
        if (isTaken) expect(make, `${name} of ${JSON.stringify(section)}`).not.toThrow();
        else expect(make, `${name} of ${JSON.stringify(section)}`).toThrow(`got ${name}`);
      }
    }
  },
);

test.each(["lstm", "gru", "rnn"])("without bias %s has weights alone", (kind) => {
  expect([...build({ kind, bias: false }).parameters().keys()]).toEqual(["weight_ih_l0", "weight_hh_l0"]);
});

test.each(recurrentKindNames)("input dropout hides features of %s at all steps, in training alone", (kind) => {
  const [plain, dropped] = [build({ kind }), build({ kind, inputDropout: 0.5 })];
  const outputs = [plain, dropped].map((layers) => layers.forward(input(), { lengths, step: training }).output);
  expect(outputs[1]).not.toEqualTensorBits(outputs[0]!);
  const evaluated = [plain, dropped].map((layers) => layers.forward(input(), { lengths }).output);
  expect(evaluated[1]).toEqualTensorBits(evaluated[0]!);
});

describe.each(recurrentKindNames)("penalties of %s", (kind) => {
  const factors = { activationPenalty: 2, temporalActivationPenalty: 1 };

  test("are those of the last layer's output over its real steps, with gradients", () => {
    const layers = build({ kind, numLayers: 2, bidirectional: true, ...factors });
    const penalties: Tensor[] = [];
    const { output } = layers.forward(input(), { lengths, step: { ...training, penalties } });
    expect(penalties.map((penalty) => penalty.item())).toEqual([
      activationPenalty(output, 2, { lengths }).item(),
      temporalActivationPenalty(output, 1, { lengths }).item(),
    ]);
    const gradients = backward(penalties.reduce(add));
    const [weight] = [...layers.parameters().values()];
    expect(sum(denseGradient(gradients.get(weight!)!)).item()).not.toBe(0);
  });

  test("cost nothing in evaluation, and are not lost in training", () => {
    const layers = build({ kind, ...factors } as Partial<RecurrentConfig>);
    const penalties: Tensor[] = [];
    layers.forward(input(), { lengths, step: { ...training, training: false, penalties } });
    expect(penalties).toEqual([]);
    expect(() => layers.forward(input(), { lengths, step: training })).toThrow(
      "expected step.penalties to be a list, whose tensors are added to the loss, got none",
    );
  });
});
