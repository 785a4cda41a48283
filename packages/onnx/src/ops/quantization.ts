/** Numbers of 8 bits that stand for fractions, as quantized models hold them. */
import { add, matmul, mul, reshape, sub, type Tensor } from "@cellstate/tensor";
import { toWhole, type WholeType } from "../file/element-types.ts";
import type { NodeCall, Op } from "../run/op.ts";
import { sizeOf } from "../shapes.ts";
import { floatValue, type OnnxValue, wholeValue } from "../values.ts";
import { mapElements, roundToEven } from "./elementwise.ts";

const ranges: Readonly<Partial<Record<WholeType, readonly [low: number, high: number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

/** A scale or zero point: one number, or one for each place along an axis of something of this shape. */
function alongAxis(call: NodeCall, x: Tensor, shape: readonly number[]): Tensor {
  if (x.size === 1) return reshape(x, []);
  const axis = call.axis(call.int("axis", 1), shape.length);
  if (x.shape.length !== 1 || x.size !== shape[axis]) {
    throw call.fault(`expected one scale, or ${shape[axis]} along axis ${axis}, got [${x.shape.join(", ")}]`);
  }
  return reshape(
    x,
    shape.map((extent, index) => (index === axis ? extent : 1)),
  );
}

/** An input of whole numbers as fractions; 0 where there is none. */
function wholeAsTensor(call: NodeCall, index: number): Tensor {
  const value = call.optional(index);
  if (value === undefined) return call.session.full([], 0);
  if (value.kind !== "whole") throw call.fault(`expected whole numbers as input ${index}`);
  return call.session.tensor(value.data, value.shape);
}

function dequantize(call: NodeCall): OnnxValue {
  const x = wholeAsTensor(call, 0);
  const scale = alongAxis(call, call.tensor(1), x.shape);
  const zero = alongAxis(call, wholeAsTensor(call, 2), x.shape);
  return floatValue(mul(sub(x, zero), scale));
}

function quantize(call: NodeCall): OnnxValue {
  const x = call.tensor(0);
  const point = call.optional(2);
  const type = point?.kind === "whole" ? point.type : "uint8";
  const scale = alongAxis(call, call.tensor(1), x.shape);
  const zero = alongAxis(call, wholeAsTensor(call, 2), x.shape);
  const rounded = add(mapElements(divided(x, scale), roundToEven), zero);
  return wholeValue(type, x.shape, saturated(call, rounded.readSync(), type));
}

function divided(x: Tensor, scale: Tensor): Tensor {
  return mul(
    x,
    mapElements(scale, (element) => 1 / element),
  );
}

function saturated(call: NodeCall, data: ArrayLike<number>, type: WholeType): number[] {
  const range = ranges[type];
  if (range === undefined) throw call.fault(`expected numbers of 8 or 16 bits, got ${type}`);
  return Array.from(data, (element) => toWhole(Math.min(Math.max(element, range[0]), range[1]), type));
}

/** Scale and zero point from the range of the input, which always holds 0. */
function quantizeDynamically(call: NodeCall): OnnxValue[] {
  const x = call.tensor(0);
  const data = Array.from(x.readSync());
  const low = data.reduce((least, element) => Math.min(least, element), 0);
  const high = data.reduce((most, element) => Math.max(most, element), 0);
  const scale = Math.fround(Math.fround(high - low) / 255) || 1;
  const zero = Math.min(Math.max(roundToEven(Math.fround(-low / scale)), 0), 255);
  const whole = data.map((element) => roundToEven(Math.fround(element / scale)) + zero);
  return [
    wholeValue("uint8", x.shape, saturated(call, whole, "uint8")),
    floatValue(call.session.full([], scale)),
    wholeValue("uint8", [], [zero]),
  ];
}

/** Products of whole numbers, exact while their sums stay below 2^24, as those of a thousand 8-bit terms do. */
function multiplyWhole(call: NodeCall): OnnxValue {
  const centred = (index: number, zero: number) => {
    const x = wholeAsTensor(call, index);
    const point = wholeAsTensor(call, zero);
    const isColumn = point.size > 1;
    return sub(x, isColumn ? reshape(point, index === 0 ? [point.size, 1] : [1, point.size]) : reshape(point, []));
  };
  const [a, b] = [centred(0, 2), centred(1, 3)];
  const inner = a.shape.at(-1) ?? 0;
  if (b.shape.length !== 2 || b.shape[0] !== inner || inner > 256) {
    return exactProduct(call, a, b);
  }
  const shape = [...a.shape.slice(0, -1), b.shape[1]!];
  call.reserve(shape);
  const product = matmul(reshape(a, [sizeOf(a.shape) / Math.max(inner, 1), inner]), b);
  return wholeValue("int32", shape, product.readSync());
}

/** The same where float32 would round: on the JavaScript side. */
function exactProduct(call: NodeCall, a: Tensor, b: Tensor): OnnxValue {
  const inner = a.shape.at(-1) ?? 0;
  if (b.shape.length !== 2 || b.shape[0] !== inner) {
    throw call.fault(`expected factors that fit, got [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`);
  }
  const columns = b.shape[1]!;
  const rows = a.size / Math.max(inner, 1);
  const shape = [...a.shape.slice(0, -1), columns];
  call.reserve(shape);
  const [left, right] = [a.readSync(), b.readSync()];
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = left[row * inner + k]!;
      for (let column = 0; column < columns; column++) {
        data[row * columns + column]! += factor * right[k * columns + column]!;
      }
    }
  }
  return wholeValue("int32", shape, data);
}

export const quantizationOps: Readonly<Record<string, Op>> = {
  DequantizeLinear: { attributes: ["axis"], run: dequantize },
  QuantizeLinear: { attributes: ["axis", "saturate"], run: quantize },
  DynamicQuantizeLinear: { attributes: [], run: quantizeDynamically },
  MatMulInteger: { attributes: [], run: multiplyWhole },
};
