/** Numbers as people have them (nested arrays, typed arrays with a shape, tensors) as one flat array, checked element by element. */
import { Tensor } from "@cellstate/tensor";
import { DataError } from "../errors.ts";

/** Rows of numbers in rows, as JSON has them. */
export type NestedNumbers = readonly (number | boolean | NestedNumbers | ArrayLike<number>)[];

type TypedNumbers =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array;

/** Numbers of any shape; the first axis counts the examples. */
export type Numbers =
  | NestedNumbers
  | TypedNumbers
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] }
  | Tensor;

/** Row-major numbers. */
export interface NumberArray {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Whether this is numbers, rather than several of them by place or by name, or batches. */
export function isNumbers(given: unknown): given is Numbers {
  if (given instanceof Tensor || ArrayBuffer.isView(given)) return true;
  if (Array.isArray(given)) return given.length === 0 || given.every(isRowOrNumber);
  return typeof given === "object" && given !== null && "data" in given && "shape" in given;
}

function isRowOrNumber(element: unknown): boolean {
  return (
    typeof element === "number" || typeof element === "boolean" || Array.isArray(element) || ArrayBuffer.isView(element)
  );
}

/**
 * @param name  what messages call it, such as `x`
 * @throws {DataError} if rows have different lengths, or an element is no number or NaN, naming its place
 */
export function toNumberArray(name: string, given: Numbers): NumberArray {
  if (given instanceof Tensor) return checked(name, given.readSync(), [...given.shape]);
  if (ArrayBuffer.isView(given)) {
    const data = given as TypedNumbers;
    return checked(name, data, [data.length]);
  }
  if (Array.isArray(given)) return checked(name, ...flatten(name, given as NestedNumbers));
  const { data, shape } = given as { data: ArrayLike<number>; shape: readonly number[] };
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (data.length !== size) {
    throw new DataError(`${name}: expected ${size} numbers for the shape [${shape.join(", ")}], got ${data.length}`);
  }
  return checked(name, data, shape);
}

/** @throws {DataError} naming the first NaN, or what is beyond float32, by its index */
function checked(name: string, data: ArrayLike<number>, shape: readonly number[]): NumberArray {
  if (data instanceof Int32Array) return { data, shape };
  if (typeof data[0] === "bigint")
    throw new DataError(`${name}: expected numbers, got bigint; Int32Array.from(data, Number) makes them`);
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  for (let at = 0; at < floats.length; at++) {
    if (Number.isFinite(floats[at])) continue;
    const advice = Number.isNaN(floats[at])
      ? "leave such examples out or fill the gap"
      : "expected finite numbers of float32";
    throw new DataError(`${placeIn(name, shape, at)} is ${data[at]}; ${advice}`);
  }
  return { data: floats, shape };
}

/** `x[12][3][0]`: the place of a flat index. */
export function placeIn(name: string, shape: readonly number[], at: number): string {
  const index: number[] = [];
  let rest = at;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return name + index.map((i) => `[${i}]`).join("");
}

/** The shape follows from the first rows; all others must agree. */
function flatten(name: string, rows: NestedNumbers): [Float32Array, number[]] {
  const shape: number[] = [];
  for (let level: unknown = rows; isList(level); level = level[0]) shape.push(level.length);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const flat = new Float32Array(size);
  let next = 0;
  const visit = (level: ArrayLike<unknown>, depth: number, place: string): void => {
    if (level.length !== shape[depth]) {
      throw new DataError(
        `${place} has ${level.length} elements, where others beside it have ${shape[depth]}; pad rows to one length`,
      );
    }
    for (let at = 0; at < level.length; at++) {
      const element = level[at];
      if (depth < shape.length - 1) {
        if (!isList(element))
          throw new DataError(`${place}[${at}]: expected a list of ${shape[depth + 1]}, got ${typeof element}`);
        visit(element, depth + 1, `${place}[${at}]`);
      } else if (typeof element === "number" || typeof element === "boolean") flat[next++] = Number(element);
      else
        throw new DataError(`${place}[${at}]: expected a number, got ${isList(element) ? "a list" : String(element)}`);
    }
  };
  visit(rows, 0, name);
  return [flat, shape];
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** The given rows, in their order. */
export function takeRows({ data, shape }: NumberArray, rows: Int32Array): NumberArray {
  const width = rowSize(shape);
  const taken =
    data instanceof Int32Array ? new Int32Array(rows.length * width) : new Float32Array(rows.length * width);
  if (width === 1) for (let at = 0; at < rows.length; at++) taken[at] = data[rows[at]!]!;
  else {
    for (let at = 0; at < rows.length; at++) {
      taken.set(data.subarray(rows[at]! * width, (rows[at]! + 1) * width), at * width);
    }
  }
  return { data: taken, shape: [rows.length, ...shape.slice(1)] };
}

/** Rows `[start, end)`, without a copy. */
export function sliceRows({ data, shape }: NumberArray, start: number, end: number): NumberArray {
  const width = rowSize(shape);
  return { data: data.subarray(start * width, end * width), shape: [end - start, ...shape.slice(1)] };
}

function rowSize(shape: readonly number[]): number {
  return shape.slice(1).reduce((size, extent) => size * extent, 1);
}
