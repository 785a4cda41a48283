/** Picking elements: what all operators that move elements come down to. */
import { concat, gatherRows, reshape } from "@cellstate/tensor";
import type { NodeCall } from "../run/op.ts";
import { type Shape, sizeOf } from "../shapes.ts";
import { floatValue, type OnnxValue, wholeValue } from "../values.ts";

/** The value of the same type whose element `i` is the one at `places[i]` of `value`. */
export function rearrange(call: NodeCall, value: OnnxValue, shape: Shape, places: Int32Array): OnnxValue {
  call.reserve(shape);
  switch (value.kind) {
    case "float":
      return floatValue(reshape(gatherRows(reshape(value.tensor, [value.tensor.size, 1]), places), shape));
    case "whole":
      return wholeValue(
        value.type,
        shape,
        Array.from(places, (place) => value.data[place]!),
      );
    case "text":
      return { kind: "text", shape, data: Array.from(places, (place) => value.data[place]!) };
    default:
      return value satisfies never;
  }
}

/** The same elements in another shape. */
export function reshaped(call: NodeCall, value: OnnxValue, shape: Shape): OnnxValue {
  if (sizeOf(shape) !== sizeOf(value.shape) || shape.some((extent) => !Number.isInteger(extent) || extent < 0)) {
    throw call.fault(`expected a shape of as many elements as [${value.shape.join(", ")}], got [${shape.join(", ")}]`);
  }
  return value.kind === "float" ? floatValue(reshape(value.tensor, shape)) : { ...value, shape };
}

/** Values of one type joined along their first axis, whose other extents count as one. */
export function joinFlat(call: NodeCall, first: OnnxValue, second: OnnxValue): OnnxValue {
  const shape = [sizeOf(first.shape) + sizeOf(second.shape)];
  call.reserve(shape);
  if (first.kind === "float" && second.kind === "float") {
    const parts = [first, second].map(({ tensor }) => reshape(tensor, [tensor.size]));
    return floatValue(concat(parts, 0));
  }
  if (first.kind === "whole" && second.kind === "whole") {
    return wholeValue(first.type, shape, [...Array.from(first.data), ...Array.from(second.data)]);
  }
  if (first.kind === "text" && second.kind === "text") {
    return { kind: "text", shape, data: [...first.data, ...second.data] };
  }
  throw call.fault("expected values of one type, got two");
}
