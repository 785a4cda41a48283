/** Operators that move elements without computing. */
import { concat, slice, transpose } from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { broadcast, broadcastPlaces, sizeOf, stridedPlaces, stridesOf } from "../shapes.ts";
import { floatValue, type OnnxValue, wholeValue } from "../values.ts";
import { joinFlat, rearrange, reshaped } from "./rearrange.ts";

/** An extent of 0 stands for the same one of the input, -1 for what is left. */
function reshape(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const wanted = call.intsOf("shape", 1) ?? [];
  const keepsZero = call.int("allowzero", 0) !== 0;
  const shape = wanted.map((extent, axis) => (extent === 0 && !keepsZero ? (value.shape[axis] ?? 0) : extent));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = sizeOf(value.shape) / sizeOf(shape.filter((_, axis) => axis !== open));
  return reshaped(call, value, shape);
}

function flatten(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const axis = call.int("axis", 1);
  const at = axis === value.shape.length ? axis : call.axis(axis, value.shape.length + (axis < 0 ? 0 : 1));
  return reshaped(call, value, [sizeOf(value.shape.slice(0, at)), sizeOf(value.shape.slice(at))]);
}

function permute(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const order = call.node.attributes.ints("perm") ?? value.shape.map((_, axis) => value.shape.length - 1 - axis);
  if (order.length !== value.shape.length || new Set(order).size !== order.length) {
    throw call.fault(`expected perm to name each axis of [${value.shape.join(", ")}] once, got [${order.join(", ")}]`);
  }
  if (value.kind === "float") return floatValue(transpose(value.tensor, order));
  const strides = stridesOf(value.shape);
  const axes = order.map((axis) => call.axis(axis, value.shape.length));
  const shape = axes.map((axis) => value.shape[axis]!);
  const moved = axes.map((axis) => strides[axis]!);
  return rearrange(call, value, shape, stridedPlaces(shape, moved, 0));
}

function squeeze(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const axes = call.intsOf("axes", 1)?.map((axis) => call.axis(axis, value.shape.length));
  const wrong = axes?.find((axis) => value.shape[axis] !== 1);
  if (wrong !== undefined) throw call.fault(`expected an extent of 1 on axis ${wrong} of [${value.shape.join(", ")}]`);
  const shape = value.shape.filter((extent, axis) => (axes ? !axes.includes(axis) : extent !== 1));
  return reshaped(call, value, shape);
}

function unsqueeze(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const given = call.intsOf("axes", 1) ?? [];
  const rank = value.shape.length + given.length;
  const axes = new Set(given.map((axis) => call.axis(axis, rank)));
  if (axes.size !== given.length) throw call.fault(`expected axes that differ, got ${given.join(", ")}`);
  const rest = [...value.shape];
  return reshaped(
    call,
    value,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!)),
  );
}

/** Values of one type, joined along an axis. */
export function joinAlong(call: NodeCall, values: readonly OnnxValue[], axis: number): OnnxValue {
  const [first] = values;
  if (first === undefined) throw call.fault("expected at least one value, got none");
  const at = call.axis(axis, first.shape.length);
  const total = values.reduce((sum, { shape }) => sum + (shape[at] ?? 0), 0);
  const shape = first.shape.map((extent, index) => (index === at ? total : extent));
  const isOdd = ({ shape: other }: OnnxValue) =>
    other.length !== shape.length || other.some((extent, index) => index !== at && extent !== shape[index]);
  if (values.some(isOdd)) {
    const shapes = values.map((value) => `[${value.shape.join(", ")}]`);
    throw call.fault(`expected shapes that agree except on axis ${at}, got ${shapes.join(" and ")}`);
  }
  call.reserve(shape);
  const tensors = values.flatMap((value) => (value.kind === "float" ? [value.tensor] : []));
  if (tensors.length === values.length) return floatValue(concat(tensors, at));
  // One after the other, then in the places that they have along the axis.
  const all = values.slice(1).reduce((sum, value) => joinFlat(call, sum, value), first);
  const inner = sizeOf(shape.slice(at + 1));
  const places = new Int32Array(sizeOf(shape));
  let start = 0;
  let column = 0;
  for (const value of values) {
    const width = value.shape[at]! * inner;
    for (let i = 0; i < sizeOf(value.shape); i++) {
      places[Math.floor(i / width) * total * inner + column + (i % width)] = start + i;
    }
    start += sizeOf(value.shape);
    column += width;
  }
  return rearrange(call, all, shape, places);
}

/** Elements `[start, end)` along an axis. */
export function sliceAlong(call: NodeCall, value: OnnxValue, axis: number, start: number, end: number): OnnxValue {
  if (value.kind === "float") return floatValue(slice(value.tensor, axis, start, end));
  const shape = value.shape.map((extent, index) => (index === axis ? end - start : extent));
  const strides = stridesOf(value.shape);
  return rearrange(call, value, shape, stridedPlaces(shape, strides, start * strides[axis]!));
}

function split(call: NodeCall): OnnxValue[] {
  const value = call.value(0);
  const axis = call.axis(call.int("axis", 0), value.shape.length);
  const length = value.shape[axis]!;
  const count = call.node.outputs.length;
  const even = Math.ceil(length / count);
  const extents =
    call.intsOf("split", 1) ??
    Array.from({ length: count }, (_, index) => Math.max(0, Math.min(even, length - index * even)));
  if (extents.some((extent) => extent < 0) || extents.reduce((sum, extent) => sum + extent, 0) !== length) {
    throw call.fault(`expected parts of ${length} elements together, got ${extents.join(" + ")}`);
  }
  let end = 0;
  return extents.map((extent) => {
    end += extent;
    return sliceAlong(call, value, axis, end - extent, end);
  });
}

/** Starts and ends count from the back where they are negative, and stop at the ends of their axis. */
function sliceByStep(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const starts = call.intsOf("starts", 1) ?? [];
  const ends = call.intsOf("ends", 2) ?? [];
  const axes = call.intsOf("axes", 3) ?? starts.map((_, index) => index);
  const steps = call.optionalInts(4) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw call.fault("expected as many ends, axes and steps as starts");
  }
  let result = value;
  axes.forEach((given, index) => {
    const axis = call.axis(given, value.shape.length);
    result = sliceOnce(call, result, { axis, start: starts[index]!, end: ends[index]!, step: steps[index]! });
  });
  return result;
}

interface Window {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function sliceOnce(call: NodeCall, value: OnnxValue, { axis, start, end, step }: Window): OnnxValue {
  if (step === 0) throw call.fault("expected a step that is not 0");
  const length = value.shape[axis]!;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, low), high);
  const first = Math.max(within(start), 0);
  const last = end < -length && step < 0 ? -1 : within(end);
  const count = length === 0 ? 0 : Math.max(0, Math.ceil((last - first) / step));
  if (step === 1) return sliceAlong(call, value, axis, Math.min(first, length), Math.min(first, length) + count);
  const shape = value.shape.map((extent, index) => (index === axis ? count : extent));
  const strides = stridesOf(value.shape);
  const stepped = strides.map((stride, index) => (index === axis ? stride * step : stride));
  return rearrange(call, value, shape, stridedPlaces(shape, stepped, first * strides[axis]!));
}

function stretched(call: NodeCall, value: OnnxValue, wanted: readonly number[]): OnnxValue {
  const shape = broadcast(value.shape, wanted);
  if (shape === undefined || wanted.some((extent) => !(extent >= 0))) {
    throw call.fault(`expected a shape that [${value.shape.join(", ")}] broadcasts with, got [${wanted.join(", ")}]`);
  }
  call.reserve(shape);
  return rearrange(call, value, shape, broadcastPlaces(value.shape, shape));
}

function tile(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const repeats = call.ints(1);
  if (repeats.length !== value.shape.length || repeats.some((repeat) => repeat < 0)) {
    throw call.fault(`expected ${value.shape.length} repeats from 0, got [${repeats.join(", ")}]`);
  }
  const shape = value.shape.map((extent, axis) => extent * repeats[axis]!);
  call.reserve(shape);
  // Each axis in two: which repeat, and where in it.
  const wide = shape.flatMap((_, axis) => [repeats[axis]!, value.shape[axis]!]);
  const strides = stridesOf(value.shape).flatMap((stride) => [0, stride]);
  return rearrange(call, value, shape, stridedPlaces(wide, strides, 0));
}

function pad(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const rank = value.shape.length;
  const given = call.node.attributes.ints("pads") ?? call.ints(1);
  const axes = call.optionalInts(3)?.map((axis) => call.axis(axis, rank)) ?? value.shape.map((_, axis) => axis);
  if (given.length !== 2 * axes.length) throw call.fault(`expected ${2 * axes.length} pads, got ${given.length}`);
  const before = new Array<number>(rank).fill(0);
  const shape = [...value.shape];
  axes.forEach((axis, index) => {
    before[axis] = given[index]!;
    shape[axis] = shape[axis]! + given[index]! + given[index + axes.length]!;
  });
  if (shape.some((extent) => !(extent >= 0))) throw call.fault(`expected extents from 0, got [${shape.join(", ")}]`);
  call.reserve(shape);
  const mode = call.string("mode", "constant");
  const sources = shape.map((extent, axis) => sourcesOf(call, mode, extent, before[axis]!, value.shape[axis]!));
  const fill = call.optional(2) ?? filled(call, value, call.float("value", 0));
  const size = sizeOf(value.shape);
  return rearrange(call, joinFlat(call, value, fill), shape, placesOf(sources, stridesOf(value.shape), size));
}

/** Along one axis, the place that each element comes from; -1 for the fill. */
function sourcesOf(call: NodeCall, mode: string, extent: number, before: number, length: number): number[] {
  const last = length - 1;
  return Array.from({ length: extent }, (_, at) => {
    const source = at - before;
    switch (mode) {
      case "constant":
        return source >= 0 && source < length ? source : -1;
      case "edge":
        return Math.min(Math.max(source, 0), last);
      case "reflect": {
        if (last <= 0) return last;
        const period = ((source % (2 * last)) + 2 * last) % (2 * last);
        return period > last ? 2 * last - period : period;
      }
      case "wrap":
        return ((source % length) + length) % length;
      default:
        throw call.fault(`expected the mode constant, edge, reflect or wrap, got ${mode}`);
    }
  });
}

/** Places by the sources along each axis; `none` where one of them is -1. */
function placesOf(sources: readonly number[][], strides: readonly number[], none: number): Int32Array {
  let places = [0];
  sources.forEach((along, axis) => {
    places = places.flatMap((place) =>
      along.map((source) => (source < 0 || place < 0 ? -1 : place + source * strides[axis]!)),
    );
  });
  return Int32Array.from(places, (place) => (place < 0 ? none : place));
}

/** One element of the type of `like`. */
function filled(call: NodeCall, like: OnnxValue, element: number): OnnxValue {
  if (like.kind === "float") return floatValue(call.session.full([1], element));
  if (like.kind === "whole") return wholeValue(like.type, [1], [element]);
  return { kind: "text", shape: [1], data: [""] };
}

/** The lower or upper triangle of matrices; what is outside becomes 0. */
function triangle(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const [rows, columns] = value.shape.slice(-2);
  if (rows === undefined || columns === undefined) throw call.fault("expected at least two axes");
  const diagonal = call.optionalScalar(1) ?? 0;
  const keepsUpper = call.int("upper", 1) !== 0;
  const size = sizeOf(value.shape);
  const places = Int32Array.from({ length: size }, (_, place) => {
    const offset = (place % columns) - (Math.floor(place / columns) % rows) - diagonal;
    return (keepsUpper ? offset >= 0 : offset <= 0) ? place : size;
  });
  return rearrange(call, joinFlat(call, value, filled(call, value, 0)), value.shape, places);
}

/** The first steps of each sequence in reverse, as many as it has; the others stay. */
function reverseSequence(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const lengths = call.ints(1);
  const [timeAxis, batchAxis] = [call.int("time_axis", 0), call.int("batch_axis", 1)];
  const strides = stridesOf(value.shape);
  const [steps, rows] = [value.shape[timeAxis] ?? 0, value.shape[batchAxis] ?? 0];
  if (value.shape.length < 2 || timeAxis === batchAxis || lengths.length !== rows) {
    throw call.fault(`expected [${steps}, ${rows}, ...] and ${rows} lengths, got ${lengths.length} lengths`);
  }
  const places = Int32Array.from({ length: sizeOf(value.shape) }, (_, place) => {
    const time = Math.floor(place / strides[timeAxis]!) % steps;
    const length = lengths[Math.floor(place / strides[batchAxis]!) % rows]!;
    return time < length && length <= steps ? place + (length - 1 - 2 * time) * strides[timeAxis]! : place;
  });
  return rearrange(call, value, value.shape, places);
}

export const layoutOps: Readonly<Record<string, Op>> = {
  Reshape: { attributes: ["shape", "allowzero"], run: reshape },
  Flatten: { attributes: ["axis"], run: flatten },
  Transpose: { attributes: ["perm"], run: permute },
  Squeeze: { attributes: ["axes"], run: squeeze },
  Unsqueeze: { attributes: ["axes"], run: unsqueeze },
  Concat: {
    attributes: ["axis"],
    run: (call) =>
      joinAlong(
        call,
        call.inputs.map((_, index) => call.value(index)),
        call.int("axis", 1),
      ),
  },
  Split: { attributes: ["axis", "split", "num_outputs"], run: split },
  Slice: { attributes: ["starts", "ends", "axes"], run: sliceByStep },
  Expand: { attributes: [], run: (call) => stretched(call, call.value(0), call.ints(1)) },
  Tile: { attributes: [], run: tile },
  Pad: { attributes: ["mode", "pads", "value"], run: pad },
  Trilu: { attributes: ["upper"], run: triangle },
  ReverseSequence: { attributes: ["batch_axis", "time_axis"], run: reverseSequence },
};
