/**
 * What flows between nodes: fractions as tensors of the session, whole numbers (ids, lengths, shapes, masks) and strings on the
 * JavaScript side, where shapes are needed to make tensors at all.
 */
import type { Session, Tensor } from "@cellstate/tensor";
import { isFloatType, type WholeType } from "./file/element-types.ts";
import type { FileTensor } from "./file/tensors.ts";

export interface FloatValue {
  readonly kind: "float";
  readonly shape: readonly number[];
  readonly tensor: Tensor;
}

export interface WholeValue {
  readonly kind: "whole";
  readonly type: WholeType;
  readonly shape: readonly number[];
  /** Row-major; of `bool` 0 and 1. */
  readonly data: ArrayLike<number>;
}

interface TextValue {
  readonly kind: "text";
  readonly shape: readonly number[];
  readonly data: readonly string[];
}

export type OnnxValue = FloatValue | WholeValue | TextValue;

export function floatValue(tensor: Tensor): FloatValue {
  return { kind: "float", shape: tensor.shape, tensor };
}

export function wholeValue(type: WholeType, shape: readonly number[], data: ArrayLike<number>): WholeValue {
  return { kind: "whole", type, shape, data };
}

/** `bool` of the same shape as something that was compared. */
export function boolValue(shape: readonly number[], data: ArrayLike<number>): WholeValue {
  return wholeValue("bool", shape, data);
}

/** A list of `int64`, as shapes are. */
export function listValue(data: ArrayLike<number>): WholeValue {
  return wholeValue("int64", [data.length], data);
}

/** A constant of a file. Fractions become parameters, whose packed forms products keep from run to run. */
export function constantValue({ type, shape, data }: FileTensor, session: Session): OnnxValue {
  if (type === "string") return { kind: "text", shape, data: data as readonly string[] };
  const numbers = data as ArrayLike<number>;
  return isFloatType(type)
    ? floatValue(session.tensor(numbers, shape, { requiresGrad: true }))
    : wholeValue(type, shape, numbers);
}

/** `float32`, `int64`, `string`, ...: for messages and for comparing types. */
export function typeName(value: OnnxValue): string {
  if (value.kind === "float") return value.tensor.dtype;
  return value.kind === "text" ? "string" : value.type;
}

export function describe(value: OnnxValue | undefined): string {
  return value === undefined ? "nothing" : `${typeName(value)} [${value.shape.join(", ")}]`;
}

/** Elements of any number type, row-major. */
export function numbersOf(value: FloatValue | WholeValue): ArrayLike<number> {
  return value.kind === "float" ? value.tensor.readSync() : value.data;
}
