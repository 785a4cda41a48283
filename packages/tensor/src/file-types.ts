/** The element types of weight files: how wide each is, how its elements become ours without losing a bit, and how floats become shorter. */
import type { DType, TypedArray } from "./dtype.ts";

/** One type of elements in a file. */
export interface FileType {
  readonly bytes: number;
  /** Of the tensor that is made of it. */
  readonly dtype: DType;
  /** Reads `count` little-endian elements. @throws {RangeError} if a whole number does not fit int32 */
  read(view: DataView, count: number): TypedArray;
}

/** Reads elements one by one. */
function each<Data extends TypedArray>(
  make: (count: number) => Data,
  element: (view: DataView, index: number) => number,
) {
  return (view: DataView, count: number) => {
    const data = make(count);
    for (let index = 0; index < count; index++) data[index] = element(view, index);
    return data;
  };
}

const floats = (count: number) => new Float32Array(count);
const ints = (count: number) => new Int32Array(count);

/** The elements as they lie there: typed arrays are little-endian wherever JavaScript runs today. */
function copied({ buffer, byteOffset, byteLength }: DataView): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

function int32Of(value: number | bigint): number {
  const number = Number(value);
  if (number < -(2 ** 31) || number >= 2 ** 31) throw new RangeError(`it holds ${value}, and int32 cannot`);
  return number;
}

/** IEEE-754 half precision: a sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  return (sign * (1024 + fraction) * 2 ** exponent) / 2 ** 25;
}

/** The upper half of a float32. */
function bfloatToNumber(bits: number): number {
  WORD[0] = bits << 16;
  return FLOAT[0]!;
}
const WORD = new Uint32Array(1);
const FLOAT = new Float32Array(WORD.buffer);

/** The nearest half precision of a float32, ties to even; infinite beyond 65504. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // Below 2^-14 steps are 2^-24 wide; above, 2^-10 of the power of two.
  let step = 2 ** -24;
  let exponent = 0;
  for (let power = 2 ** -14; size >= power; power *= 2) {
    exponent += 1;
    if (exponent > 1) step *= 2;
  }
  const steps = roundToEven(size / step);
  return sign | (exponent === 0 ? steps : (exponent << 10) + (steps - 1024));
}

/** The nearest bfloat16 of a float32, ties to even. */
export function numberToBfloat(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  FLOAT[0] = value;
  const bits = WORD[0]!;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Of a number that is exactly representable in steps of at least 2^-53. */
function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** By the name in a file's header. Those of 8 bits and less that stand for reals are not read. */
export const elementTypes = {
  F32: { bytes: 4, dtype: "float32", read: (view) => new Float32Array(copied(view)) },
  F64: { bytes: 8, dtype: "float64", read: (view) => new Float64Array(copied(view)) },
  I32: { bytes: 4, dtype: "int32", read: (view) => new Int32Array(copied(view)) },
  F16: { bytes: 2, dtype: "float32", read: each(floats, (view, i) => halfToNumber(view.getUint16(2 * i, true))) },
  BF16: { bytes: 2, dtype: "float32", read: each(floats, (view, i) => bfloatToNumber(view.getUint16(2 * i, true))) },
  I64: { bytes: 8, dtype: "int32", read: each(ints, (view, i) => int32Of(view.getBigInt64(8 * i, true))) },
  U64: { bytes: 8, dtype: "int32", read: each(ints, (view, i) => int32Of(view.getBigUint64(8 * i, true))) },
  U32: { bytes: 4, dtype: "int32", read: each(ints, (view, i) => int32Of(view.getUint32(4 * i, true))) },
  I16: { bytes: 2, dtype: "int32", read: each(ints, (view, i) => view.getInt16(2 * i, true)) },
  U16: { bytes: 2, dtype: "int32", read: each(ints, (view, i) => view.getUint16(2 * i, true)) },
  I8: { bytes: 1, dtype: "int32", read: each(ints, (view, i) => view.getInt8(i)) },
  U8: { bytes: 1, dtype: "int32", read: each(ints, (view, i) => view.getUint8(i)) },
  BOOL: { bytes: 1, dtype: "int32", read: each(ints, (view, i) => view.getUint8(i)) },
} as const satisfies Record<string, FileType>;

/** Name of a type of elements, as safetensors files spell it. */
export type ElementType = keyof typeof elementTypes;

export function isElementType(name: unknown): name is ElementType {
  return typeof name === "string" && Object.hasOwn(elementTypes, name);
}
