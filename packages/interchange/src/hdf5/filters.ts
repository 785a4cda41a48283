/**
 * What chunks go through before they are stored, undone: shuffled bytes, gzip, LZF and checksums.
 *
 * @see the HDF5 File Format Specification, version 3.0, section IV.A.2.l (filter pipeline)
 */
import { unzlibSync } from "fflate";

/** Filters in the order in which a chunk went through them. */
export type Pipeline = readonly Filter[];

interface Filter {
  readonly id: number;
  /** What it was told: the shuffle filter the width of an element. */
  readonly values: readonly number[];
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const LZF = 32000;

/** Of filters that are not undone, for messages. */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  4: "szip",
  5: "nbit",
  6: "scaleoffset",
  307: "bzip2",
  32001: "blosc",
  32004: "LZ4",
  32008: "bitshuffle",
  32013: "ZFP",
  32015: "Zstandard",
};

/** @param at  where the message begins @throws {RangeError} beyond the file */
export function readPipeline(view: DataView, at: number): Pipeline {
  const [version, count] = [view.getUint8(at), view.getUint8(at + 1)];
  let next = at + (version === 1 ? 8 : 2);
  return Array.from({ length: count }, () => {
    const id = view.getUint16(next, true);
    // Version 2 leaves out the name's length where HDF5 knows the filter.
    const hasName = version === 1 || id >= 256;
    const nameBytes = hasName ? view.getUint16(next + 2, true) : 0;
    const behindName = next + (hasName ? 4 : 2);
    const valueCount = view.getUint16(behindName + 2, true);
    const start = behindName + 4 + (version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const values = Array.from({ length: valueCount }, (_, index) => view.getUint32(start + 4 * index, true));
    next = start + 4 * (version === 1 ? valueCount + (valueCount % 2) : valueCount);
    return { id, values };
  });
}

/** The name of a filter that cannot be undone; undefined where all can. */
export function unknownFilter(pipeline: Pipeline): string | undefined {
  const unknown = pipeline.find(({ id }) => ![DEFLATE, SHUFFLE, FLETCHER32, LZF].includes(id));
  return unknown && (OTHER_NAMES[unknown.id] ?? `filter ${unknown.id}`);
}

/** What is wrong with a chunk. */
class ChunkFault extends Error {
  override readonly name = "ChunkFault";
}

/**
 * A chunk as it was before the filters.
 *
 * @param skipped     filters that it did not go through, a bit for each
 * @param chunkBytes  that it must have then
 * @throws {ChunkFault} if it is damaged
 */
export function unfilter(stored: Uint8Array, pipeline: Pipeline, skipped: number, chunkBytes: number): Uint8Array {
  const used = pipeline.filter((_, at) => ((skipped >>> at) & 1) === 0);
  let bytes = stored;
  for (let at = used.length - 1; at >= 0; at--) {
    const { id, values } = used[at]!;
    const checksums = used.slice(0, at).filter((earlier) => earlier.id === FLETCHER32).length;
    bytes = undo(id, bytes, values, chunkBytes + checksums * CHECKSUM_BYTES);
  }
  if (bytes.length !== chunkBytes) throw new ChunkFault(`a chunk of ${chunkBytes} bytes has ${bytes.length}`);
  return bytes;
}

function undo(id: number, bytes: Uint8Array, [width = 1]: readonly number[], unpackedBytes: number): Uint8Array {
  switch (id) {
    case DEFLATE:
      return inflated(bytes, unpackedBytes);
    case SHUFFLE:
      return unshuffled(bytes, width);
    case FLETCHER32:
      return checked(bytes);
    default:
      return fromLzf(bytes, unpackedBytes);
  }
}

function inflated(packed: Uint8Array, unpackedBytes: number): Uint8Array {
  try {
    return unzlibSync(packed, { out: new Uint8Array(unpackedBytes) });
  } catch (error) {
    throw new ChunkFault("a chunk cannot be unpacked", { cause: error });
  }
}

/** First bytes of all elements stand before all second ones; what is left of the last element stays at the end. */
function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / Math.max(1, width));
  if (width <= 1 || count <= 1) return bytes;
  const elements = bytes.slice();
  for (let byte = 0; byte < width; byte++) {
    for (let at = 0; at < count; at++) elements[at * width + byte] = bytes[byte * count + at]!;
  }
  return elements;
}

const CHECKSUM_BYTES = 4;

function checked(bytes: Uint8Array): Uint8Array {
  if (bytes.length < CHECKSUM_BYTES) throw new ChunkFault("a chunk has no checksum");
  const data = bytes.subarray(0, -CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset + data.length, CHECKSUM_BYTES);
  if (fletcher32(data) !== view.getUint32(0, true))
    throw new ChunkFault("a chunk does not have the checksum that is stored with it");
  return data;
}

/** Of words of two bytes, the high byte first (Fletcher 1982). */
function fletcher32(bytes: Uint8Array): number {
  let [low, high] = [0, 0];
  for (let at = 0; at < bytes.length; at += 2) {
    low = (low + bytes[at]! * 256 + (bytes[at + 1] ?? 0)) % 65535;
    high = (high + low) % 65535;
  }
  return high * 65536 + low;
}

/** Bytes from here on repeat what came before, fewer are taken as they are (Lehmann's LibLZF). */
const LZF_LITERALS = 32;

function fromLzf(packed: Uint8Array, unpackedBytes: number): Uint8Array {
  const out = new Uint8Array(unpackedBytes);
  let at = 0;
  let end = 0;
  const next = () => {
    if (at >= packed.length) throw new ChunkFault("a chunk cannot be unpacked; it is cut short");
    return packed[at++]!;
  };
  while (at < packed.length) {
    const control = next();
    const isCopy = control >= LZF_LITERALS;
    let length = isCopy ? control >> 5 : control + 1;
    if (isCopy && length === 7) length += next();
    const from = isCopy ? end - ((control & 31) * 256 + next()) - 1 : 0;
    if (isCopy) length += 2;
    if (from < 0 || end + length > unpackedBytes) throw new ChunkFault("a chunk cannot be unpacked");
    for (let byte = 0; byte < length; byte++) out[end++] = isCopy ? out[from + byte]! : next();
  }
  return out.subarray(0, end);
}
