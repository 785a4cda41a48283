/** Choosing and writing elements by index. */
import { argMax, argMin, gatherRows, type Tensor, transpose } from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { sizeOf, stridesOf } from "../shapes.ts";
import { describe, floatValue, numbersOf, type OnnxValue, type WholeValue, wholeValue } from "../values.ts";
import { joinFlat, rearrange, reshaped } from "./rearrange.ts";

/** An index from the front, counted from the back where it is negative. */
function indexWithin(call: NodeCall, index: number, length: number): number {
  const fromFront = index < 0 ? index + length : index;
  if (!(fromFront >= 0 && fromFront < length)) {
    throw call.fault(`expected an index in [${-length}, ${length - 1}], got ${index}`);
  }
  return fromFront;
}

/** Whole slices along an axis: an embedding, where that is the first axis of a table. */
function gather(call: NodeCall): OnnxValue {
  const [value, indices] = [call.value(0), call.whole(1)];
  const axis = call.axis(call.int("axis", 0), value.shape.length);
  const length = value.shape[axis]!;
  const rows = Int32Array.from(indices.data, (index) => indexWithin(call, index, length));
  const shape = [...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)];
  call.reserve(shape);
  if (axis === 0 && value.kind === "float") return reshaped(call, floatValue(gatherRows(value.tensor, rows)), shape);
  const inner = sizeOf(value.shape.slice(axis + 1));
  const places = new Int32Array(sizeOf(shape));
  let next = 0;
  for (let outer = 0; outer < sizeOf(value.shape.slice(0, axis)); outer++) {
    for (const row of rows) {
      for (let i = 0; i < inner; i++) places[next++] = (outer * length + row) * inner + i;
    }
  }
  return rearrange(call, value, shape, places);
}

/** For each place of `indices`: the place in `shape` with its own coordinates, but for `axis`, which the index gives. */
function placesAlong(call: NodeCall, shape: readonly number[], indices: WholeValue, axis: number): Int32Array {
  const strides = stridesOf(shape);
  const own = stridesOf(indices.shape);
  const fits = indices.shape.every((extent, i) => i === axis || extent <= shape[i]!);
  if (indices.shape.length !== shape.length || !fits) {
    throw call.fault(`expected indices that fit into [${shape.join(", ")}], got ${describe(indices)}`);
  }
  return Int32Array.from(indices.data, (index, at) => {
    let place = indexWithin(call, index, shape[axis]!) * strides[axis]!;
    for (let i = 0; i < shape.length; i++) {
      if (i !== axis) place += (Math.floor(at / own[i]!) % indices.shape[i]!) * strides[i]!;
    }
    return place;
  });
}

function gatherElements(call: NodeCall): OnnxValue {
  const [value, indices] = [call.value(0), call.whole(1)];
  const axis = call.axis(call.int("axis", 0), value.shape.length);
  return rearrange(call, value, indices.shape, placesAlong(call, value.shape, indices, axis));
}

/** For each row of `indices`, coordinates of the first axes of `shape`: the places of the slice there. */
function slicePlaces(call: NodeCall, shape: readonly number[], indices: WholeValue, batchAxes: number): Int32Array {
  const depth = indices.shape.at(-1) ?? 0;
  const strides = stridesOf(shape);
  if (depth < 1 || batchAxes + depth > shape.length) {
    throw call.fault(`expected at most ${shape.length - batchAxes} coordinates, got ${describe(indices)}`);
  }
  const width = sizeOf(shape.slice(batchAxes + depth));
  const rows = sizeOf(indices.shape.slice(0, -1));
  const rowsOfBatch = sizeOf(indices.shape.slice(batchAxes, -1));
  const places = new Int32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let start = batchAxes === 0 ? 0 : Math.floor(row / rowsOfBatch) * strides[batchAxes - 1]!;
    for (let i = 0; i < depth; i++) {
      const axis = batchAxes + i;
      start += indexWithin(call, indices.data[row * depth + i]!, shape[axis]!) * strides[axis]!;
    }
    for (let i = 0; i < width; i++) places[row * width + i] = start + i;
  }
  return places;
}

function gatherSlices(call: NodeCall): OnnxValue {
  const [value, indices] = [call.value(0), call.whole(1)];
  const batchAxes = call.int("batch_dims", 0);
  const depth = indices.shape.at(-1) ?? 0;
  const shape = [...indices.shape.slice(0, -1), ...value.shape.slice(batchAxes + depth)];
  call.reserve(shape);
  return rearrange(call, value, shape, slicePlaces(call, value.shape, indices, batchAxes));
}

/** `value` with the elements of `updates` at `places`. */
function replaced(call: NodeCall, value: OnnxValue, updates: OnnxValue, places: Int32Array): OnnxValue {
  if (sizeOf(updates.shape) !== places.length) {
    throw call.fault(`expected ${places.length} elements to write, got ${describe(updates)}`);
  }
  const reduction = call.string("reduction", "none");
  if (reduction === "none") {
    const size = sizeOf(value.shape);
    const sources = Int32Array.from({ length: size }, (_, place) => place);
    places.forEach((place, index) => {
      sources[place] = size + index;
    });
    return rearrange(call, joinFlat(call, value, updates), value.shape, sources);
  }
  const combine = reductions[reduction];
  if (combine === undefined || value.kind === "text" || updates.kind === "text") {
    throw call.fault(`expected the reduction none, ${Object.keys(reductions).join(", ")} of numbers, got ${reduction}`);
  }
  const data = Array.from(numbersOf(value));
  const given = numbersOf(updates);
  places.forEach((place, index) => {
    data[place] = combine(data[place]!, given[index]!);
  });
  return value.kind === "float" ? floatValue(call.session.tensor(data, value.shape)) : { ...value, data };
}

const reductions: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

function scatterElements(call: NodeCall): OnnxValue {
  const [value, indices] = [call.value(0), call.whole(1)];
  const axis = call.axis(call.int("axis", 0), value.shape.length);
  return replaced(call, value, call.value(2), placesAlong(call, value.shape, indices, axis));
}

function scatterSlices(call: NodeCall): OnnxValue {
  const value = call.value(0);
  return replaced(call, value, call.value(2), slicePlaces(call, value.shape, call.whole(1), 0));
}

function oneHot(call: NodeCall): OnnxValue {
  const indices = Array.from(numbersOf(call.number(0)));
  const depth = call.scalar(1);
  const values = call.value(2);
  const rank = call.value(0).shape.length + 1;
  const axis = call.axis(call.int("axis", -1), rank);
  const shape = [...call.value(0).shape];
  shape.splice(axis, 0, depth);
  if (!(Number.isInteger(depth) && depth >= 0)) throw call.fault(`expected a depth from 0, got ${depth}`);
  call.reserve(shape);
  const inner = sizeOf(shape.slice(axis + 1));
  const places = Int32Array.from({ length: sizeOf(shape) }, (_, place) => {
    const hot = Math.floor(place / inner) % depth;
    const index = indices[Math.floor(place / (inner * depth)) * inner + (place % inner)]!;
    return Number(hot === (index < 0 ? index + depth : index));
  });
  return rearrange(call, values, shape, places);
}

/** Coordinates of the elements that are not 0, one column each. */
function nonZero(call: NodeCall): OnnxValue {
  const value = call.number(0);
  const strides = stridesOf(value.shape);
  const places = Array.from(numbersOf(value)).flatMap((x, place) => (x === 0 ? [] : [place]));
  const data = value.shape.flatMap((extent, axis) =>
    places.map((place) => Math.floor(place / strides[axis]!) % extent),
  );
  return wholeValue("int64", [value.shape.length, places.length], data);
}

/** The slices along an axis, or the elements, whose condition holds. */
function compress(call: NodeCall): OnnxValue {
  const value = call.value(0);
  const given = call.node.attributes.int("axis");
  const whole = given === undefined ? reshaped(call, value, [sizeOf(value.shape)]) : value;
  const axis = call.axis(given ?? 0, whole.shape.length);
  const length = whole.shape[axis]!;
  const kept = call
    .ints(1)
    .slice(0, length)
    .flatMap((holds, index) => (holds === 0 ? [] : [index]));
  const inner = sizeOf(whole.shape.slice(axis + 1));
  const shape = whole.shape.map((extent, index) => (index === axis ? kept.length : extent));
  const places = Int32Array.from({ length: sizeOf(shape) }, (_, place) => {
    const outer = Math.floor(place / (inner * kept.length));
    return (outer * length + kept[Math.floor(place / inner) % kept.length]!) * inner + (place % inner);
  });
  return rearrange(call, whole, shape, places);
}

/** With `axis` moved to the end. */
export function axisLast(x: Tensor, axis: number): Tensor {
  const rest = x.shape.flatMap((_, index) => (index === axis ? [] : [index]));
  return axis === x.shape.length - 1 ? x : transpose(x, [...rest, axis]);
}

/** With the last axis moved to `axis`. */
export function axisFromLast(x: Tensor, axis: number): Tensor {
  const order = x.shape.slice(0, -1).map((_, index) => index);
  order.splice(axis, 0, x.shape.length - 1);
  return axis === x.shape.length - 1 ? x : transpose(x, order);
}

/** Among the elements that equal the one found in each row, the last. */
function lastOfEqual(rows: Tensor, found: ArrayLike<number>): number[] {
  const data = rows.readSync();
  const count = rows.shape.at(-1)!;
  return Array.from(found, (index, row) => {
    const elements = Array.from(data.subarray(row * count, (row + 1) * count));
    return elements.lastIndexOf(elements[index]!);
  });
}

function extremeIndex(find: (x: Tensor) => Tensor): Op {
  return {
    attributes: ["axis", "keepdims", "select_last_index"],
    run: (call) => {
      const value = call.number(0);
      const x = value.kind === "float" ? value.tensor : call.session.tensor(value.data, value.shape);
      const axis = call.axis(call.int("axis", 0), x.shape.length);
      const found = find(axisLast(x, axis)).readSync();
      const last = call.int("select_last_index", 0) !== 0 ? lastOfEqual(axisLast(x, axis), found) : found;
      const shape = x.shape.flatMap((extent, i) => (i === axis ? (call.int("keepdims", 1) ? [1] : []) : [extent]));
      return wholeValue("int64", shape, last);
    },
  };
}

/** The first of all in order along an axis, and where they stood; the first of equals first. */
function largest(call: NodeCall): OnnxValue[] {
  const value = call.number(0);
  const axis = call.axis(call.int("axis", -1), value.shape.length);
  const count = call.node.attributes.int("k") ?? call.scalar(1);
  const wantsLargest = call.int("largest", 1) !== 0;
  const length = value.shape[axis]!;
  if (!(Number.isInteger(count) && count >= 0 && count <= length)) {
    throw call.fault(`expected k in [0, ${length}], got ${count}`);
  }
  const data = numbersOf(value);
  const inner = sizeOf(value.shape.slice(axis + 1));
  const shape = value.shape.map((extent, index) => (index === axis ? count : extent));
  const indices = new Float64Array(sizeOf(shape));
  const places = new Int32Array(indices.length);
  for (let outer = 0; outer < sizeOf(value.shape.slice(0, axis)); outer++) {
    for (let column = 0; column < inner; column++) {
      const placeOf = (index: number) => (outer * length + index) * inner + column;
      ranked(length, (index) => data[placeOf(index)]!, wantsLargest).forEach((index, rank) => {
        if (rank >= count) return;
        const at = (outer * count + rank) * inner + column;
        indices[at] = index;
        places[at] = placeOf(index);
      });
    }
  }
  return [rearrange(call, value, shape, places), wholeValue("int64", shape, indices)];
}

/** Indices by falling or rising elements; a NaN counts as the largest. */
function ranked(length: number, element: (index: number) => number, falling: boolean): number[] {
  const indices = Array.from({ length }, (_, index) => index);
  const compare = (x: number, y: number) =>
    Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : Number.isNaN(y) ? -1 : x - y;
  return indices.sort((a, b) => (falling ? compare(element(b), element(a)) : compare(element(a), element(b))) || a - b);
}

export const indexingOps: Readonly<Record<string, Op>> = {
  Gather: { attributes: ["axis"], run: gather },
  GatherElements: { attributes: ["axis"], run: gatherElements },
  GatherND: { attributes: ["batch_dims"], run: gatherSlices },
  ScatterElements: { attributes: ["axis", "reduction"], run: scatterElements },
  ScatterND: { attributes: ["reduction"], run: scatterSlices },
  OneHot: { attributes: ["axis"], run: oneHot },
  NonZero: { attributes: [], run: nonZero },
  Compress: { attributes: ["axis"], run: compress },
  ArgMax: extremeIndex(argMax),
  ArgMin: extremeIndex(argMin),
  TopK: { attributes: ["axis", "k", "largest", "sorted"], run: largest },
};
