/**
 * The framing of TFRecord files: length (8 bytes, little-endian), its masked CRC-32C, the data, their masked CRC-32C.
 *
 * @see TensorFlow, `tensorflow/core/lib/io/record_writer.cc`
 */
import { maskedCrc32c } from "./crc32c.ts";

const LENGTH_BYTES = 8;
const CRC_BYTES = 4;
const HEAD_BYTES = LENGTH_BYTES + CRC_BYTES;

/** One record with its frame. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(HEAD_BYTES + data.length + CRC_BYTES);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH_BYTES, maskedCrc32c(framed.subarray(0, LENGTH_BYTES)), true);
  framed.set(data, HEAD_BYTES);
  view.setUint32(HEAD_BYTES + data.length, maskedCrc32c(data), true);
  return framed;
}

/** A record and where it ends in its file. */
export interface FramedRecord {
  readonly data: Uint8Array;
  readonly end: number;
}

/** The whole records at the beginning of a file; what a crash has cut, and all behind a damaged one, is left out. */
export function readRecords(bytes: Uint8Array): FramedRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: FramedRecord[] = [];
  for (let at = 0; at + HEAD_BYTES + CRC_BYTES <= bytes.length; ) {
    const head = bytes.subarray(at, at + LENGTH_BYTES);
    if (view.getUint32(at + LENGTH_BYTES, true) !== maskedCrc32c(head)) break;
    const begin = at + HEAD_BYTES;
    const length = view.getBigUint64(at, true);
    if (length > BigInt(bytes.length - begin - CRC_BYTES)) break;
    const data = bytes.subarray(begin, begin + Number(length));
    if (view.getUint32(begin + data.length, true) !== maskedCrc32c(data)) break;
    at = begin + data.length + CRC_BYTES;
    records.push({ data, end: at });
  }
  return records;
}
