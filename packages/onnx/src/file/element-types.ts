/** The types of elements, by the numbers that files give them. */

/** Types whose elements are fractions; this package computes all of them in the session's float type. */
const floatTypes = { float32: 1, float16: 10, float64: 11, bfloat16: 16 } as const;
export type FloatElementType = keyof typeof floatTypes;

/** Types of whole numbers, with the ranges that they wrap around in. */
const wholeTypes = {
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  uint32: 12,
  uint64: 13,
} as const;
export type WholeType = keyof typeof wholeTypes;

export type ElementType = FloatElementType | WholeType | "string";

export const elementNumbers: Readonly<Record<ElementType, number>> = { ...floatTypes, ...wholeTypes, string: 8 };

const byNumber = new Map(Object.entries(elementNumbers).map(([type, number]) => [number, type as ElementType]));

/** Undefined for a type that this package does not know, such as complex numbers. */
export function elementTypeOf(number: number | undefined): ElementType | undefined {
  return byNumber.get(number ?? 0);
}

export function isFloatType(type: ElementType): type is FloatElementType {
  return Object.hasOwn(floatTypes, type);
}

/** Bytes of an element in `rawData`; strings have none. */
export const elementBytes: Readonly<Record<Exclude<ElementType, "string">, number>> = {
  float32: 4,
  float16: 2,
  float64: 8,
  bfloat16: 2,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  uint32: 4,
  uint64: 8,
};

/** Bits of a type that wraps around; 64 bits do not, since their numbers are exact up to 2^53 only. */
const wrappedBits: Readonly<Partial<Record<WholeType, number>>> = {
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  uint32: 32,
};

/** `x` as an element of `type`: towards zero, and around the ends of the type's range. */
export function toWhole(x: number, type: WholeType): number {
  if (type === "bool") return x === 0 ? 0 : 1;
  const whole = Number.isNaN(x) ? 0 : Math.trunc(x) + 0;
  const bits = wrappedBits[type];
  if (bits === undefined) return whole;
  const span = 2 ** bits;
  const wrapped = ((whole % span) + span) % span;
  return Number.isFinite(whole) ? (type.startsWith("i") && wrapped >= span / 2 ? wrapped - span : wrapped) : 0;
}

/** The number that 16 bits with 5 of exponent stand for (IEEE 754 binary16). */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** The number whose upper half of a float32 is `bits`. */
export function bfloat16(bits: number): number {
  word.setUint16(2, bits, true);
  word.setUint16(0, 0, true);
  return word.getFloat32(0, true);
}
