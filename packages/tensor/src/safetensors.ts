/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, then the elements back to back.
 *
 * Written with sorted names and metadata, so that equal contents give equal bytes. Reading checks everything that the
 * format demands: a header that fits, known types, offsets that match shapes, no overlap, no gap, no byte to spare.
 */
import { bytesOf, type DType, type TypedArray } from "./dtype.ts";
import { SafetensorsError } from "./errors.ts";
import { type ElementType, elementTypes, isElementType, numberToBfloat, numberToHalf } from "./file-types.ts";
import { type OptionNames, requireKnownOptions } from "./known-options.ts";
import { sizeOf } from "./shape.ts";

export interface TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** How tensors are written. */
export interface SafetensorsOptions {
  /** Type of the float32 elements in the file; the shorter ones are rounded to nearest, ties to even. Default "F32". */
  readonly floats?: "F32" | "F16" | "BF16";
}

const optionNames: OptionNames<SafetensorsOptions> = { floats: true };
const CODES = { float32: "F32", float64: "F64", int32: "I32" } as const satisfies Record<DType, string>;
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Serialises tensors and text metadata; the header is padded so that the elements start at a multiple of 8.
 *
 * @throws {SafetensorsError} if a tensor has not as many elements as its shape, or holds a number too large for F16 or BF16
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
  options: SafetensorsOptions = {},
): Uint8Array {
  requireKnownOptions("encodeSafetensors", options, optionNames);
  const codes = { ...CODES, float32: options.floats ?? CODES.float32 };
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    header.push(["__metadata__", Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))]);
  }
  const names = [...tensors.keys()].sort();
  let end = 0;
  for (const name of names) {
    const { dtype, shape, data } = tensors.get(name)!;
    if (name === "__metadata__" || data.length !== sizeOf(shape)) {
      throw new SafetensorsError(
        `safetensors: tensor "${name}" has ${data.length} elements for shape [${shape.join(", ")}]`,
      );
    }
    const begin = end;
    end += data.length * elementTypes[codes[dtype]].bytes;
    header.push([name, { dtype: codes[dtype], shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(
    `{${header.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`,
  );
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + end).fill(0x20, 8, 8 + headerBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  let at = 8 + headerBytes;
  for (const name of names) {
    const { dtype, data } = tensors.get(name)!;
    const code = codes[dtype];
    if (code === "F16" || code === "BF16") writeShort(view, at, code, data, name);
    else writeElements(view, at, dtype, data);
    at += data.length * elementTypes[code].bytes;
  }
  return bytes;
}

/** Writes floats of 16 bits. @throws {SafetensorsError} if a finite number would become infinite */
function writeShort(view: DataView, at: number, code: "F16" | "BF16", data: TypedArray, name: string): void {
  const bitsOf = code === "F16" ? numberToHalf : numberToBfloat;
  const infinite = code === "F16" ? 0x7c00 : 0x7f80;
  for (let i = 0; i < data.length; i++) {
    const bits = bitsOf(data[i]!);
    if ((bits & 0x7fff) === infinite && Number.isFinite(data[i])) {
      throw new SafetensorsError(`safetensors: tensor "${name}" holds ${data[i]}, too large for ${code}; write F32`);
    }
    view.setUint16(at + 2 * i, bits, true);
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Writes little-endian elements, whole arrays at once where the machine stores them so; every NaN becomes the canonical one. */
function writeElements(view: DataView, at: number, dtype: DType, data: TypedArray): void {
  const width = bytesOf(dtype);
  if (LITTLE_ENDIAN) {
    new Uint8Array(view.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
  }
  for (let i = 0; i < data.length; i++) {
    if (!LITTLE_ENDIAN || Number.isNaN(data[i])) writeElement(view, at + i * width, dtype, data[i]!);
  }
}

function writeElement(view: DataView, at: number, dtype: DType, value: number): void {
  if (dtype === "int32") view.setInt32(at, value, true);
  else if (dtype === "float32") {
    if (Number.isNaN(value)) view.setUint32(at, 0x7fc00000, true);
    else view.setFloat32(at, value, true);
  } else if (Number.isNaN(value)) view.setBigUint64(at, 0x7ff8000000000000n, true);
  else view.setFloat64(at, value, true);
}

interface Entry {
  readonly name: string;
  /** Name of the elements' type in the file. */
  readonly type: ElementType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Parses a safetensors file. F32, F64 and I32 come as they are; F16 and BF16 become float32 exactly; other whole numbers and BOOL
 * become int32.
 *
 * @param fileName named in errors
 * @throws {SafetensorsError} if anything is malformed, or a tensor holds what none of our types can: the message says what and where
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  fileName = "safetensors",
): { tensors: Map<string, TensorData>; metadata: Record<string, string> } {
  const fail: Fail = (fault, explanation = "the file is damaged or not a safetensors file") => {
    throw new SafetensorsError(`${fileName}: ${fault}; ${explanation}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes are too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > BigInt(Math.min(bytes.length - 8, MAX_HEADER_BYTES)))
    fail(`the header claims ${declared} bytes of ${bytes.length}`);
  const headerBytes = Number(declared);
  const header = parseHeader(bytes.subarray(8, 8 + headerBytes), fail);
  const dataBytes = bytes.length - 8 - headerBytes;
  const metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") readMetadata(value, metadata, fail);
    else entries.push(checkEntry(name, value, dataBytes, fail));
  }
  checkCoverage(entries, dataBytes, fail);
  const tensors = new Map<string, TensorData>();
  const data = bytes.subarray(8 + headerBytes);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    tensors.set(entry.name, readTensor(data, entry, fail));
  }
  return { tensors, metadata };
}

type Fail = (fault: string, explanation?: string) => never;

function parseHeader(json: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    fail("the header is not JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) fail("the header is not a JSON object");
  return header as Record<string, unknown>;
}

function readMetadata(value: unknown, metadata: Record<string, string>, fail: Fail): void {
  if (typeof value !== "object" || value === null) fail("__metadata__ is not an object");
  for (const [key, text] of Object.entries(value as object)) {
    if (typeof text !== "string") fail(`__metadata__ "${key}" is not a string`);
    Object.defineProperty(metadata, key, { value: text, enumerable: true, configurable: true, writable: true });
  }
}

function checkEntry(name: string, value: unknown, dataBytes: number, fail: Fail): Entry {
  const entry = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { dtype: type } = entry;
  if (!isElementType(type)) {
    const readable = `the types that can be read are ${Object.keys(elementTypes).join(", ")}`;
    return fail(`tensor "${name}" has dtype ${JSON.stringify(type)}`, readable);
  }
  const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const { shape, data_offsets: offsets } = entry;
  if (!Array.isArray(shape) || !shape.every(isCount)) return fail(`tensor "${name}" has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail(`tensor "${name}" has no valid data_offsets`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes) fail(`tensor "${name}" lies at [${begin}, ${end}) of ${dataBytes} bytes of data`);
  const needed = sizeOf(shape) * elementTypes[type].bytes;
  if (end - begin !== needed) {
    fail(`tensor "${name}" of shape [${shape.join(", ")}] needs ${needed} bytes, has ${end - begin}`);
  }
  return { name, type, shape, begin, end };
}

function checkCoverage(entries: readonly Entry[], dataBytes: number, fail: Fail): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < at) fail(`tensor "${name}" overlaps the one before it`);
    if (begin > at) fail(`${begin - at} bytes before tensor "${name}" belong to none`);
    at = end;
  }
  if (at !== dataBytes) fail(`${dataBytes - at} bytes at the end belong to no tensor`);
}

function readTensor(data: Uint8Array, { name, type, shape, begin, end }: Entry, fail: Fail): TensorData {
  const { dtype, read } = elementTypes[type];
  try {
    const view = new DataView(data.buffer, data.byteOffset + begin, end - begin);
    return { dtype, shape, data: read(view, sizeOf(shape)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(`tensor "${name}" of type ${type}`, error.message);
  }
}
