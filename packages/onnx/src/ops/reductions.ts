/** Operators that sum up axes, and softmax. */
import {
  abs,
  add,
  exp,
  log,
  logSoftmax,
  max,
  mean,
  min,
  reshape,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@cellstate/tensor";
import { toWhole, type WholeType } from "../file/element-types.ts";
import type { NodeCall, Op } from "../run/op.ts";
import { sizeOf, stridedPlaces, stridesOf } from "../shapes.ts";
import { floatValue, numbersOf, type OnnxValue, wholeValue } from "../values.ts";
import { axisFromLast, axisLast } from "./indexing.ts";

interface ReduceRule {
  /** `[rows, elements]` to `[rows]`. */
  readonly float: (x: Tensor) => Tensor;
  readonly whole?: (elements: readonly number[], type: WholeType) => number;
}

function reduceOp({ float, whole }: ReduceRule): Op {
  return {
    attributes: ["axes", "keepdims", "noop_with_empty_axes"],
    run: (call) => {
      const value = call.number(0);
      const given = call.intsOf("axes", 1) ?? [];
      if (given.length === 0 && call.int("noop_with_empty_axes", 0) !== 0) return value;
      const rank = value.shape.length;
      const all = value.shape.map((_, axis) => axis);
      const axes = given.length === 0 ? all : given.map((axis) => call.axis(axis, rank));
      const kept = all.filter((axis) => !axes.includes(axis));
      const gone = all.filter((axis) => axes.includes(axis));
      const keepsAxes = call.int("keepdims", 1) !== 0;
      const shape = value.shape.flatMap((extent, axis) => (axes.includes(axis) ? (keepsAxes ? [1] : []) : [extent]));
      const rows = sizeOf(kept.map((axis) => value.shape[axis]!));
      const count = sizeOf(gone.map((axis) => value.shape[axis]!));
      if (value.kind === "float") {
        const isInOrder = [...kept, ...gone].every((axis, index) => axis === index);
        const ordered = isInOrder ? value.tensor : transpose(value.tensor, [...kept, ...gone]);
        return floatValue(reshape(float(reshape(ordered, [rows, count])), shape));
      }
      if (whole === undefined) throw call.fault(`expected fractions, got ${value.type}`);
      const strides = stridesOf(value.shape);
      const order = [...kept, ...gone];
      const places = stridedPlaces(
        order.map((axis) => value.shape[axis]!),
        order.map((axis) => strides[axis]!),
        0,
      );
      const data = Array.from({ length: rows }, (_, row) =>
        toWhole(
          whole(
            Array.from(places.subarray(row * count, (row + 1) * count), (at) => value.data[at]!),
            value.type,
          ),
          value.type,
        ),
      );
      return wholeValue(value.type, shape, data);
    },
  };
}

const total = (elements: readonly number[]): number => elements.reduce((a, b) => a + b, 0);
const product = (elements: readonly number[]): number => elements.reduce((a, b) => a * b, 1);

function products(x: Tensor): Tensor {
  const [rows = 0, count = 0] = x.shape;
  const data = Array.from(x.readSync());
  return x.session.tensor(
    Array.from({ length: rows }, (_, row) => product(data.slice(row * count, (row + 1) * count))),
    [rows],
  );
}

/** Of nothing at all, what changes no other. */
function extreme(x: Tensor, find: (x: Tensor, axis: number) => Tensor, ofNothing: number): Tensor {
  return x.shape[1] === 0 ? x.session.full([x.shape[0]!], ofNothing) : find(x, 1);
}

function logSumExp(x: Tensor): Tensor {
  if (x.shape[1] === 0) return x.session.full([x.shape[0]!], Number.NEGATIVE_INFINITY);
  const highest = max(x, 1);
  return add(highest, log(sum(exp(sub(x, reshape(highest, [highest.size, 1]))), 1)));
}

/** Along one axis; before version 13 along all axes from the given one on together. */
function softmaxOp(along: (x: Tensor) => Tensor): Op {
  return {
    attributes: ["axis"],
    run: (call) => {
      const x = call.tensor(0);
      if (call.opset < 13) {
        const axis = call.axis(call.int("axis", 1), x.shape.length);
        const flat = reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
        return floatValue(reshape(along(flat), x.shape));
      }
      const axis = call.axis(call.int("axis", -1), x.shape.length);
      return floatValue(axisFromLast(along(axisLast(x, axis)), axis));
    },
  };
}

/** Sums up to each element, added in the order in which they are met. */
function cumulativeSum(call: NodeCall): OnnxValue {
  const value = call.number(0);
  const axis = call.axis(call.scalar(1), value.shape.length);
  const [exclusive, reverse] = [call.int("exclusive", 0) !== 0, call.int("reverse", 0) !== 0];
  const source = numbersOf(value);
  const data = new Float64Array(source.length);
  const stride = stridesOf(value.shape)[axis]!;
  const length = value.shape[axis]!;
  const round = value.kind === "float" && value.tensor.dtype === "float32" ? Math.fround : (x: number) => x;
  for (let start = 0; start < source.length; start++) {
    if (Math.floor(start / stride) % length !== 0) continue;
    let sumSoFar = 0;
    for (let step = 0; step < length; step++) {
      const place = start + (reverse ? length - 1 - step : step) * stride;
      const next = round(sumSoFar + source[place]!);
      data[place] = exclusive ? sumSoFar : next;
      sumSoFar = next;
    }
  }
  return value.kind === "float"
    ? floatValue(call.session.tensor(data, value.shape))
    : wholeValue(value.type, value.shape, data);
}

export const reductionOps: Readonly<Record<string, Op>> = {
  ReduceSum: reduceOp({ float: (x) => sum(x, 1), whole: total }),
  ReduceMean: reduceOp({ float: (x) => mean(x, 1), whole: (xs) => Math.trunc(total(xs) / xs.length) }),
  ReduceMax: reduceOp({
    float: (x) => extreme(x, max, Number.NEGATIVE_INFINITY),
    whole: (xs, type) => xs.reduce((a, b) => Math.max(a, b), type === "bool" ? 0 : Number.NEGATIVE_INFINITY),
  }),
  ReduceMin: reduceOp({
    float: (x) => extreme(x, min, Number.POSITIVE_INFINITY),
    whole: (xs) => xs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  }),
  ReduceProd: reduceOp({ float: products, whole: product }),
  ReduceL1: reduceOp({ float: (x) => sum(abs(x), 1), whole: (xs) => total(xs.map(Math.abs)) }),
  ReduceL2: reduceOp({ float: (x) => sqrt(sum(square(x), 1)) }),
  ReduceSumSquare: reduceOp({ float: (x) => sum(square(x), 1), whole: (xs) => total(xs.map((x) => x * x)) }),
  ReduceLogSum: reduceOp({ float: (x) => log(sum(x, 1)) }),
  ReduceLogSumExp: reduceOp({ float: logSumExp }),
  Softmax: softmaxOp(softmax),
  // Far from 0 the difference of two large numbers would have no digits left.
  LogSoftmax: softmaxOp((x) => logSoftmax(sub(x, reshape(max(x, x.shape.length - 1), [...x.shape.slice(0, -1), 1])))),
  CumSum: { attributes: ["exclusive", "reverse"], run: cumulativeSum },
};
