import { createSession, type Session, type TensorData } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { TransferError } from "../errors.ts";
import { isMapping, mapName } from "./map-names.ts";
import { transferWeights } from "./transfer-weights.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

const tensor = (...shape: number[]): TensorData => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length: size }, (_, i) => i + 1) };
};

function modelOf(shapes: Readonly<Record<string, readonly number[]>>, rowNames: Record<string, string[]> = {}) {
  const parameters = new Map(
    Object.entries(shapes).map(([name, shape]) => [name, session.full(shape, -1, { requiresGrad: true })]),
  );
  return { parameters, rowNames: new Map(Object.entries(rowNames)) };
}

const sourceOf = (tensors: Record<string, TensorData>, rowNames: Record<string, string[]> = {}) => ({
  tensors: new Map(Object.entries(tensors)),
  rowNames: new Map(Object.entries(rowNames)),
});
const valuesOf = ({ parameters }: ReturnType<typeof modelOf>, name: string) => [...parameters.get(name)!.readSync()];

describe("names", () => {
  test.each([
    ["encoder.weight_ih_l0", ["encoder.*", "encoder.*"], "encoder.weight_ih_l0"],
    ["encoder.weight_ih_l0", ["encoder.*", "decoder.layers.*"], "decoder.layers.weight_ih_l0"],
    ["a.b.c", ["*.b.*", "x.*.y.*"], "x.a.y.c"],
    ["l0", ["l?", "layer?"], "layer0"],
    ["embedding.weight", ["embedding.weight", "table"], "table"],
    ["embedding.weight", ["encoder.*", "*"], undefined],
    ["a+b", ["a+*", "*"], "b"],
  ] as const)("%s by %j is %s", (name, pattern, expected) => {
    expect(mapName(name, pattern)).toBe(expected);
  });

  test("a pattern cannot give letters that it does not take", () => {
    expect(isMapping(["a.*", "b"])).toBe(true);
    expect(isMapping(["a", "b.*"])).toBe(false);
  });
});

describe("weights", () => {
  test("of equal names and shapes are taken as they are", () => {
    const model = modelOf({ a: [2, 2], b: [3] });
    const { taken, left, faults } = transferWeights(sourceOf({ a: tensor(2, 2), b: tensor(3) }), model);
    expect([taken.map(({ to }) => to), left, faults]).toEqual([["a", "b"], [], []]);
    expect(valuesOf(model, "a")).toEqual([1, 2, 3, 4]);
  });

  test("are found by a mapping, which takes nothing else", () => {
    const model = modelOf({ "decoder.w": [2], "decoder.b": [1], head: [4] });
    const source = sourceOf({ "encoder.w": tensor(2), "encoder.b": tensor(1), head: tensor(4) });
    const { left } = transferWeights(source, model, { map: { "encoder.*": "decoder.*" } });
    expect(left).toEqual(["head"]);
    expect([valuesOf(model, "decoder.w"), valuesOf(model, "head")]).toEqual([
      [1, 2],
      [-1, -1, -1, -1],
    ]);
  });

  test("of a table go row by row to the same words, in another order and number, also where the sizes agree", () => {
    const source = sourceOf({ table: tensor(3, 2) }, { table: ["<pad>", "good", "bad"] });
    const model = modelOf({ table: [3, 2] }, { table: ["<pad>", "bad", "new"] });
    const { taken } = transferWeights(source, model);
    expect(taken[0]!.rows).toEqual({ taken: 2, all: 3 });
    expect(valuesOf(model, "table")).toEqual([1, 2, 5, 6, -1, -1]);
    const wide = modelOf({ table: [4, 2] }, { table: ["bad", "x", "y", "good"] });
    transferWeights(source, wide);
    expect(valuesOf(wide, "table")).toEqual([5, 6, -1, -1, -1, -1, 3, 4]);
  });

  test("that do not fit are all listed with the nearest names, and nothing is written", () => {
    const source = sourceOf(
      { "encoder.weight": tensor(2, 3), embeding: tensor(2), head: tensor(2), extra: tensor(1), skipped: tensor(9) },
      { head: ["spam", "ham"] },
    );
    const model = modelOf(
      { "encoder.weight": [2, 4], embedding: [2], head: [3], skipped: [1] },
      { head: ["a", "b", "c"] },
    );
    const transfer = () => transferWeights(source, model, { skip: ["skipped", "nosuch"] });
    expect(transfer).toThrow(TransferError);
    for (const fault of [
      "encoder.weight: [2, 3] there, [2, 4] here",
      "embeding: there is no such parameter here; the nearest is embedding",
      'head: no row of "spam", "ham" there is one of "a", "b", "c" here; skip: [head] begins it anew',
      "extra: there is no such parameter here",
      "embedding [2]: there is no such parameter there; the nearest is embeding",
      'skip: no parameter here has a name that fits "nosuch"',
    ]) {
      expect(transfer).toThrow(fault);
    }
    expect(valuesOf(model, "head")).toEqual([-1, -1, -1]);
  });

  test("that do not fit are left where that is allowed", () => {
    const model = modelOf({ a: [2], b: [2] });
    const source = sourceOf({ a: tensor(2), b: tensor(3) });
    const { taken, left, faults } = transferWeights(source, model, { strict: false });
    expect([taken.map(({ to }) => to), left, faults]).toEqual([["a"], ["b"], ["b: [3] there, [2] here"]]);
    expect(valuesOf(model, "a")).toEqual([1, 2]);
  });

  test.each([
    [{ "encodr.*": "a" }, 'map: no parameter there has a name that fits "encodr.*"; the nearest is encoder.w'],
    [{ "encoder.w": "a.*" }, 'map: "a.*" has more * and ? than "encoder.w"'],
    [{ "encoder.?": "a" }, "map: both encoder.w and encoder.b would become a"],
    [{ "encoder.*": "aa.*" }, "encoder.w, as aa.w: there is no such parameter here"],
  ])("a mapping %j that cannot be is refused", (map, message) => {
    const source = sourceOf({ "encoder.w": tensor(1), "encoder.b": tensor(1) });
    expect(() => transferWeights(source, modelOf({ a: [1] }), { map })).toThrow(message);
  });
});
