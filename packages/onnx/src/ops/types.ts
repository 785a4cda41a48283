/** Constants, types and shapes as values. */
import { elementTypeOf, isFloatType, toWhole } from "../file/element-types.ts";
import type { NodeCall, Op } from "../run/op.ts";
import { sizeOf } from "../shapes.ts";
import {
  constantValue,
  describe,
  floatValue,
  listValue,
  numbersOf,
  type OnnxValue,
  typeName,
  wholeValue,
} from "../values.ts";

function constant(call: NodeCall): OnnxValue {
  const { attributes, tensors } = call.node;
  const tensor = tensors.get("value");
  if (tensor) return constantValue(tensor, call.session);
  const whole = attributes.int("value_int");
  if (whole !== undefined) return wholeValue("int64", [], [whole]);
  const wholes = attributes.ints("value_ints");
  if (wholes) return listValue(wholes);
  const fraction = attributes.float("value_float");
  if (fraction !== undefined) return floatValue(call.session.full([], fraction));
  const fractions = attributes.floats("value_floats");
  if (fractions) return floatValue(call.session.tensor(fractions, [fractions.length]));
  const text = attributes.string("value_string");
  if (text !== undefined) return { kind: "text", shape: [], data: [text] };
  const texts = attributes.strings("value_strings");
  if (texts) return { kind: "text", shape: [texts.length], data: texts };
  throw call.fault("expected a value, got none");
}

/** A shape filled with one element. */
function constantOfShape(call: NodeCall): OnnxValue {
  const shape = call.ints(0);
  if (shape.some((extent) => extent < 0)) throw call.fault(`expected extents from 0, got [${shape.join(", ")}]`);
  call.reserve(shape);
  const value = call.node.tensors.get("value");
  if (value === undefined || isFloatType(value.type)) {
    return floatValue(call.session.full(shape, Number(value?.data[0] ?? 0)));
  }
  if (value.type === "string") throw call.fault("expected a number to fill with, got a string");
  const element = Number(value.data[0] ?? 0);
  return wholeValue(value.type, shape, new Float64Array(sizeOf(shape)).fill(element));
}

function cast(call: NodeCall, type: ReturnType<typeof elementTypeOf>): OnnxValue {
  const value = call.value(0);
  if (type === undefined) throw call.fault(`expected a type that is known, got number ${call.int("to", 0)}`);
  if (value.kind === "text" || type === "string") {
    if (value.kind === "text" && type === "string") return value;
    throw call.fault(`expected numbers, got a cast from ${typeName(value)} to ${type}`);
  }
  if (isFloatType(type)) {
    return value.kind === "float" ? value : floatValue(call.session.tensor(value.data, value.shape));
  }
  if (value.kind === "whole" && value.type === type) return value;
  return wholeValue(
    type,
    value.shape,
    Array.from(numbersOf(value), (x) => toWhole(x, type)),
  );
}

function shapeOf(call: NodeCall): OnnxValue {
  const { shape } = call.value(0);
  return listValue(shape.slice(call.int("start", 0), call.int("end", shape.length)));
}

/** start, start + step, ... before the limit. */
function range(call: NodeCall): OnnxValue {
  const [start, limit, step] = [call.scalar(0), call.scalar(1), call.scalar(2)];
  const length = Math.max(0, Math.ceil((limit - start) / step));
  if (!Number.isFinite(length)) throw call.fault(`expected a step that reaches the limit, got ${step}`);
  call.reserve([length]);
  const data = Array.from({ length }, (_, index) => start + index * step);
  const first = call.number(0);
  return first.kind === "float"
    ? floatValue(call.session.tensor(data, [length]))
    : wholeValue(first.type, [length], data);
}

function eyeLike(call: NodeCall): OnnxValue {
  const { shape } = call.value(0);
  const [rows, columns] = shape;
  if (shape.length !== 2) throw call.fault(`expected a matrix, got ${describe(call.value(0))}`);
  const offset = call.int("k", 0);
  const data = new Float64Array(rows! * columns!);
  for (let row = 0; row < rows!; row++) {
    if (row + offset >= 0 && row + offset < columns!) data[row * columns! + row + offset] = 1;
  }
  const type = elementTypeOf(call.int("dtype", 1));
  if (type === undefined || type === "string") throw call.fault("expected a type of numbers");
  return isFloatType(type) ? floatValue(call.session.tensor(data, shape)) : wholeValue(type, shape, data);
}

const identity = (call: NodeCall): OnnxValue => call.value(0);

export const typeOps: Readonly<Record<string, Op>> = {
  Constant: {
    attributes: ["value", "value_int", "value_ints", "value_float", "value_floats", "value_string", "value_strings"],
    run: constant,
  },
  ConstantOfShape: { attributes: ["value"], run: constantOfShape },
  Cast: { attributes: ["to", "saturate", "round_mode"], run: (call) => cast(call, elementTypeOf(call.int("to", 0))) },
  CastLike: {
    attributes: ["saturate", "round_mode"],
    run: (call) => {
      const like = call.value(1);
      return cast(call, like.kind === "float" ? "float32" : like.kind === "text" ? "string" : like.type);
    },
  },
  Shape: { attributes: ["start", "end"], run: shapeOf },
  Size: { attributes: [], run: (call) => wholeValue("int64", [], [sizeOf(call.value(0).shape)]) },
  Range: { attributes: [], run: range },
  EyeLike: { attributes: ["dtype", "k"], run: eyeLike },
  Identity: { attributes: [], run: identity },
};
