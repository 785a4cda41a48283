/** Arithmetic of two or more inputs. */
import { add, div, maximum, minimum, mul, scalar, sqrt, square, sub, type Tensor } from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { type FloatValue, floatValue, type OnnxValue, wholeValue } from "../values.ts";
import { type BinaryRule, binaryOp, binaryValue, commonShape, mapElements, zip } from "./elementwise.ts";

const sum: BinaryRule = { float: add, whole: (a, b) => a + b };

/** An operator of any number of inputs, taken two by two. */
function variadic(rule: BinaryRule, finish = (value: OnnxValue, _count: number): OnnxValue => value): Op {
  return {
    attributes: [],
    run: (call) => {
      let value = call.value(0);
      for (let index = 1; index < call.inputs.length; index++) {
        value = binaryValue(call, value, call.value(index), rule);
      }
      return finish(value, call.inputs.length);
    },
  };
}

function average(value: OnnxValue, count: number): OnnxValue {
  return value.kind === "float" ? floatValue(div(value.tensor, count)) : value;
}

/** Sign of the divisor, or with `fmod` 1 that of the dividend. */
function remainder(call: NodeCall): OnnxValue {
  const takesDividend = call.int("fmod", 0) !== 0;
  const rest = (a: number, b: number) => {
    const truncated = a % b;
    return takesDividend || truncated === 0 || truncated < 0 === b < 0 ? truncated : truncated + b;
  };
  const [a, b] = [call.number(0), call.number(1)];
  const shape = commonShape(call, a, b);
  if (a.kind === "whole" && b.kind === "whole") {
    return wholeValue(
      a.type,
      shape,
      zip(a, b, shape, (x, y) => (y === 0 ? 0 : rest(x, y))),
    );
  }
  return floatsOf(call, a, b, rest);
}

/** Fractions computed on the JavaScript side. */
function floatsOf(call: NodeCall, a: OnnxValue, b: OnnxValue, combine: (a: number, b: number) => number): FloatValue {
  const shape = commonShape(call, a, b);
  const [left, right] = [a, b].map((value) => {
    if (value.kind === "text") throw call.fault("expected numbers, got strings");
    return { shape: value.shape, data: value.kind === "float" ? value.tensor.readSync() : value.data };
  });
  return floatValue(call.session.tensor(zip<number, number>(left!, right!, shape, combine), shape));
}

function power(call: NodeCall): OnnxValue {
  const [base, exponent] = [call.number(0), call.number(1)];
  if (base.kind === "whole") {
    const shape = commonShape(call, base, exponent);
    const data = exponent.kind === "float" ? exponent.tensor.readSync() : exponent.data;
    const powers = zip(base, { shape: exponent.shape, data }, shape, scalar.pow);
    return wholeValue(base.type, shape, powers.map(Math.trunc));
  }
  const size = exponent.shape.reduce((product, extent) => product * extent, 1);
  const fixed = size === 1 && exponent.shape.length <= base.shape.length ? call.scalar(1) : undefined;
  switch (fixed) {
    case 1:
      return base;
    case 2:
      return floatValue(square(base.tensor));
    case 3:
      return floatValue(mul(square(base.tensor), base.tensor));
    case 0.5:
      return floatValue(sqrt(base.tensor));
    case -1:
      return floatValue(div(ones(base.tensor), base.tensor));
    case undefined:
      return floatsOf(call, base, exponent, scalar.pow);
    default:
      return floatValue(mapElements(base.tensor, (x) => scalar.pow(x, fixed)));
  }
}

function ones(like: Tensor): Tensor {
  return like.session.full([], 1);
}

/** x where it is not below 0, else slope times x. */
function leaky(x: Tensor, slope: Tensor): Tensor {
  const positive = maximum(x, 0);
  return add(positive, mul(slope, minimum(x, 0)));
}

export const arithmeticOps: Readonly<Record<string, Op>> = {
  Add: binaryOp(sum),
  Sub: binaryOp({ float: sub, whole: (a, b) => a - b }),
  Mul: binaryOp({ float: mul, whole: (a, b) => a * b }),
  Div: binaryOp({ float: div, whole: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)) }),
  Mod: { attributes: ["fmod"], run: remainder },
  Pow: { attributes: [], run: power },
  Max: variadic({ float: maximum, whole: Math.max }),
  Min: variadic({ float: minimum, whole: Math.min }),
  Sum: variadic(sum),
  Mean: variadic(sum, average),
  PRelu: { attributes: [], run: (call) => floatValue(leaky(call.tensor(0), call.tensor(1))) },
};
