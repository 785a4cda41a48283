/** From a strided view of a storage's bytes to elements in a row. */
import { elementTypes, type TensorData, type TypedArray } from "@cellstate/tensor";
import type { TensorReference } from "./tensor-pickle.ts";

/**
 * Reads a tensor's elements.
 *
 * @param bytes  of its storage
 * @throws {RangeError} if the view reaches beyond the storage, or an element does not fit our types
 */
export function readTensor(bytes: Uint8Array, { type, offset, shape, strides }: TensorReference): TensorData {
  const { bytes: width, dtype, read } = elementTypes[type];
  const stored = Math.floor(bytes.length / width);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const reach = size === 0 ? 0 : offset + shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, 1);
  if (reach > stored) throw new RangeError(`it reaches element ${reach} of a storage of ${stored}`);
  const viewOf = (start: number, count: number) =>
    new DataView(bytes.buffer, bytes.byteOffset + start * width, count * width);
  if (size === 0) return { dtype, shape, data: read(viewOf(0, 0), 0) };
  if (isContiguous(shape, strides)) return { dtype, shape, data: read(viewOf(offset, size), size) };
  const spread = read(viewOf(offset, reach - offset), reach - offset);
  return { dtype, shape, data: gathered(spread, shape, strides) };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

function gathered(spread: TypedArray, shape: readonly number[], strides: readonly number[]): TypedArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = new (spread.constructor as new (length: number) => TypedArray)(size);
  const position = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < size; to++) {
    data[to] = spread[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return data;
}
