/** Comparisons, logic on what they give, and choosing by it. */
import { equal, greater, greaterEqual, less, lessEqual, type Tensor, where } from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { broadcastPlaces } from "../shapes.ts";
import { boolValue, floatValue, type OnnxValue } from "../values.ts";
import { commonShape, sameKind, zip } from "./elementwise.ts";
import { joinFlat, rearrange } from "./rearrange.ts";

function compareOp(float: (a: Tensor, b: Tensor) => Tensor, whole: (a: number, b: number) => boolean): Op {
  return {
    attributes: [],
    run: (call) => {
      const shape = commonShape(call, call.value(0), call.value(1));
      const [a, b] = sameKind(call, call.value(0), call.value(1));
      if (a.kind === "float" && b.kind === "float") return boolValue(shape, float(a.tensor, b.tensor).readSync());
      if (a.kind === "whole" && b.kind === "whole")
        return boolValue(
          shape,
          zip(a, b, shape, (x, y) => Number(whole(x, y))),
        );
      throw call.fault("expected two inputs of one type");
    },
  };
}

const equalNumbers = compareOp(equal, (a, b) => a === b);

function equalValues(call: NodeCall): OnnxValue {
  const [a, b] = [call.value(0), call.value(1)];
  if (a.kind !== "text" || b.kind !== "text") return equalNumbers.run(call) as OnnxValue;
  const shape = commonShape(call, a, b);
  return boolValue(
    shape,
    zip(a, b, shape, (x, y) => Number(x === y)),
  );
}

function logicOp(combine: (a: boolean, b: boolean) => boolean): Op {
  return {
    attributes: [],
    run: (call) => {
      const [a, b] = [call.whole(0), call.whole(1)];
      const shape = commonShape(call, a, b);
      return boolValue(
        shape,
        zip(a, b, shape, (x, y) => Number(combine(x !== 0, y !== 0))),
      );
    },
  };
}

function testOp(test: (x: number) => boolean): Op {
  return {
    attributes: ["detect_negative", "detect_positive"],
    run: (call) => {
      const { shape } = call.value(0);
      const negative = call.int("detect_negative", 1) !== 0;
      const positive = call.int("detect_positive", 1) !== 0;
      const isTold = (x: number) => test(x) && (x < 0 ? negative : x > 0 ? positive : true);
      return boolValue(
        shape,
        Array.from(call.tensor(0).readSync(), (x) => Number(isTold(x))),
      );
    },
  };
}

function choose(call: NodeCall): OnnxValue {
  const condition = call.whole(0);
  const [a, b] = [call.value(1), call.value(2)];
  const shape = commonShape(call, condition, a, b);
  if (a.kind === "float" && b.kind === "float") {
    const mask = call.session.tensor(condition.data, condition.shape);
    return floatValue(where(mask, a.tensor, b.tensor));
  }
  const offset = a.shape.reduce((size, extent) => size * extent, 1);
  const [whether, left, right] = [condition, a, b].map((value) => broadcastPlaces(value.shape, shape));
  const places = whether!.map((place, i) => (condition.data[place] !== 0 ? left![i]! : offset + right![i]!));
  return rearrange(call, joinFlat(call, a, b), shape, places);
}

export const comparisonOps: Readonly<Record<string, Op>> = {
  Equal: { attributes: [], run: equalValues },
  Greater: compareOp(greater, (a, b) => a > b),
  GreaterOrEqual: compareOp(greaterEqual, (a, b) => a >= b),
  Less: compareOp(less, (a, b) => a < b),
  LessOrEqual: compareOp(lessEqual, (a, b) => a <= b),
  And: logicOp((a, b) => a && b),
  Or: logicOp((a, b) => a || b),
  Xor: logicOp((a, b) => a !== b),
  Not: {
    attributes: [],
    run: (call) =>
      boolValue(
        call.whole(0).shape,
        call.ints(0).map((x) => Number(x === 0)),
      ),
  },
  IsNaN: testOp(Number.isNaN),
  IsInf: testOp((x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  Where: { attributes: [], run: choose },
};
