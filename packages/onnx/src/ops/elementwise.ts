/** What operators that work element by element share: broadcasting, and either kind of numbers. */
import type { Tensor } from "@cellstate/tensor";
import { toWhole, type WholeType } from "../file/element-types.ts";
import type { NodeCall, Op } from "../run/op.ts";
import { broadcast, broadcastPlaces, type Shape, sameShape } from "../shapes.ts";
import { describe, type FloatValue, floatValue, type OnnxValue, type WholeValue, wholeValue } from "../values.ts";

/** The common shape of inputs. */
export function commonShape(call: NodeCall, ...values: readonly OnnxValue[]): Shape {
  const shape = values.reduce<number[] | undefined>((sum, { shape }) => sum && broadcast(sum, shape), []);
  if (shape === undefined)
    throw call.fault(`expected shapes that broadcast, got ${values.map(describe).join(" and ")}`);
  call.reserve(shape);
  return shape;
}

/** Combines elements on the JavaScript side. */
export function zip<A, B>(
  { shape: leftShape, data: left }: { readonly shape: Shape; readonly data: ArrayLike<A> },
  { shape: rightShape, data: right }: { readonly shape: Shape; readonly data: ArrayLike<B> },
  shape: Shape,
  combine: (left: A, right: B) => number,
): number[] {
  if (sameShape(leftShape, shape) && sameShape(rightShape, shape)) {
    return Array.from(left, (element, index) => combine(element, right[index]!));
  }
  const rightPlaces = broadcastPlaces(rightShape, shape);
  return Array.from(broadcastPlaces(leftShape, shape), (place, index) =>
    combine(left[place]!, right[rightPlaces[index]!]!),
  );
}

/** Two numbers of one kind; the types of whole numbers must agree, as the format asks. */
export function sameKind(
  call: NodeCall,
  left: OnnxValue,
  right: OnnxValue,
): readonly [FloatValue, FloatValue] | readonly [WholeValue, WholeValue] {
  if (left.kind === "float" && right.kind === "float") return [left, right];
  if (left.kind === "whole" && right.kind === "whole" && left.type === right.type) return [left, right];
  throw call.fault(`expected two inputs of one type of numbers, got ${describe(left)} and ${describe(right)}`);
}

export interface BinaryRule {
  readonly float: (a: Tensor, b: Tensor) => Tensor;
  readonly whole: (a: number, b: number) => number;
}

export function binaryValue(call: NodeCall, left: OnnxValue, right: OnnxValue, rule: BinaryRule): OnnxValue {
  const shape = commonShape(call, left, right);
  const [a, b] = sameKind(call, left, right);
  if (a.kind === "float") return floatValue(rule.float(a.tensor, (b as FloatValue).tensor));
  return wholeValue(a.type, shape, wrapped(zip(a, b as WholeValue, shape, rule.whole), a.type));
}

function wrapped(data: readonly number[], type: WholeType): number[] {
  return data.map((element) => toWhole(element, type));
}

/** An operator of two inputs. */
export function binaryOp(rule: BinaryRule): Op {
  return { attributes: [], run: (call) => binaryValue(call, call.value(0), call.value(1), rule) };
}

export interface UnaryRule {
  readonly float: (x: Tensor, call: NodeCall) => Tensor;
  readonly whole?: (x: number) => number;
}

/** An operator of one input. */
export function unaryOp({ float, whole }: UnaryRule, attributes: readonly string[] = []): Op {
  return {
    attributes,
    run: (call) => {
      const value = call.value(0);
      if (value.kind === "whole" && whole) {
        return wholeValue(value.type, value.shape, wrapped(Array.from(value.data, whole), value.type));
      }
      return floatValue(float(call.tensor(0), call));
    },
  };
}

/** A function of each element that no op of the session computes; rounded to the session's float type. */
export function mapElements(x: Tensor, map: (element: number) => number): Tensor {
  return x.session.tensor(Array.from(x.readSync(), map), x.shape);
}

/** The nearest whole number; the even one of two. */
export function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
