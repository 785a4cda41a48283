/** Element types and the typed arrays that hold them on the JavaScript side. */

export type FloatType = "float32" | "float64";
export type DType = FloatType | "int32";
export type TypedArray = Float32Array | Float64Array | Int32Array;

/** Bytes of one element. */
export function bytesOf(dtype: DType): number {
  return dtype === "float64" ? 8 : 4;
}

/** A new zero-filled array for `length` elements of `dtype`. */
export function arrayOf(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    default:
      return dtype satisfies never;
  }
}
