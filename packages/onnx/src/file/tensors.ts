/** Tensors of a file: their elements, wherever and in whatever type the file holds them. */
import { OnnxFormatError, OnnxUnsupportedError } from "../errors.ts";
import { bfloat16, type ElementType, elementBytes, elementTypeOf, float16 } from "./element-types.ts";
import type { TensorMessage } from "./messages.ts";

/** Elements of any type on the JavaScript side; whole numbers of 64 bits are exact up to 2^53. */
export interface FileTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | readonly string[];
}

/** Gives the bytes of a file beside the model, by the path that the model names; undefined where there is none. */
export type ExternalData = (path: string) => Uint8Array | undefined;

/**
 * @param place     what holds the tensor, for errors
 * @param external  files beside the model. Default: none, and tensors that lie in some are refused
 * @throws {OnnxFormatError} if count and shape of its elements contradict each other
 * @throws {OnnxUnsupportedError} if its type is none that this package knows
 */
export function readTensor(message: TensorMessage, place: string, external: ExternalData | undefined): FileTensor {
  const { dims: shape, dataType } = message;
  const type = elementTypeOf(dataType);
  if (type === undefined) {
    throw new OnnxUnsupportedError(place, `element type ${dataType ?? "(none)"}`, "export the model with float32");
  }
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new OnnxFormatError(place, "extents that are whole numbers from 0", `[${shape.join(", ")}]`);
  }
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = elementsOf(message, type, size, place, external);
  if (data.length !== size) {
    throw new OnnxFormatError(place, `${size} elements for its shape [${shape.join(", ")}]`, `${data.length}`);
  }
  return { type, shape, data };
}

function elementsOf(
  message: TensorMessage,
  type: ElementType,
  size: number,
  place: string,
  external: ExternalData | undefined,
): ArrayLike<number> | readonly string[] {
  const raw = message.dataLocation === 1 ? externalBytes(message, place, external) : message.rawData;
  if (type === "string") {
    if (raw !== undefined) throw new OnnxFormatError(place, "strings in stringData", "raw bytes");
    return message.stringData.map((bytes) => new TextDecoder().decode(bytes));
  }
  if (raw !== undefined) {
    const bytes = size * elementBytes[type];
    if (raw.length !== bytes) throw new OnnxFormatError(place, `${bytes} bytes of ${type}`, `${raw.length}`);
    return readRaw(raw, type, size);
  }
  return listedElements(message, type);
}

/** Elements in the list of their type; 16-bit fractions stand as bits in the list of small whole numbers. */
function listedElements(message: TensorMessage, type: Exclude<ElementType, "string">): ArrayLike<number> {
  switch (type) {
    case "float32":
      return message.floatData;
    case "float64":
      return message.doubleData;
    case "float16":
      return message.int32Data.map(float16);
    case "bfloat16":
      return message.int32Data.map(bfloat16);
    case "int64":
      return message.int64Data;
    case "uint32":
    case "uint64":
      return message.uint64Data;
    case "bool":
      return message.int32Data.map((bit) => (bit === 0 ? 0 : 1));
    case "uint8":
    case "int8":
    case "uint16":
    case "int16":
    case "int32":
      return message.int32Data;
    default:
      return type satisfies never;
  }
}

type Reader = (view: DataView, at: number) => number;

const readers: { readonly [Type in Exclude<ElementType, "string">]: Reader } = {
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  float16: (view, at) => float16(view.getUint16(at, true)),
  bfloat16: (view, at) => bfloat16(view.getUint16(at, true)),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};

function readRaw(raw: Uint8Array, type: Exclude<ElementType, "string">, size: number): ArrayLike<number> {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = readers[type];
  const step = elementBytes[type];
  const data = type === "float32" ? new Float32Array(size) : new Float64Array(size);
  for (let i = 0; i < size; i++) data[i] = read(view, i * step);
  return data;
}

/** The bytes of a tensor that lies in another file. */
export function externalBytes(message: TensorMessage, place: string, external: ExternalData | undefined): Uint8Array {
  const entries = new Map(message.externalData.map(({ key = "", value = "" }) => [key, value]));
  const path = entries.get("location") ?? "";
  if (external === undefined) {
    throw new OnnxUnsupportedError(
      place,
      `a tensor in another file (${path})`,
      "export the model as one file, or hand over its files with the option externalData",
    );
  }
  const bytes = external(path);
  if (bytes === undefined) throw new OnnxFormatError(place, `the file ${path} beside the model`, "none");
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? bytes.length - offset);
  if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0)) {
    throw new OnnxFormatError(place, "whole numbers as offset and length", `${offset} and ${length}`);
  }
  if (offset + length > bytes.length) {
    throw new OnnxFormatError(place, `${offset + length} bytes in ${path}`, `${bytes.length}`);
  }
  return bytes.subarray(offset, offset + length);
}
