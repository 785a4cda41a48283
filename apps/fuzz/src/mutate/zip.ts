/** Zip archives of members as they are, with their checksums, so that what is changed in a member is read. */
import { crc32 } from "node:zlib";
import { concat } from "./bytes.ts";

/** An archive of stored members by name. */
export function zipOf(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, bytes] of members) {
    const fields = commonFields(name, bytes);
    const local = Buffer.concat([word(0x04034b50), fields, Buffer.from(name)]);
    directory.push(
      word(0x02014b50),
      half(20),
      fields,
      half(0),
      half(0),
      half(0),
      word(0),
      word(offset),
      Buffer.from(name),
    );
    parts.push(local, bytes);
    offset += local.length + bytes.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.concat([
    ...[word(0x06054b50), half(0), half(0), half(members.size), half(members.size)],
    ...[word(list.length), word(offset), half(0)],
  ]);
  return concat(...parts, list, end);
}

/** From the version that reads it to the length of the extra field. */
function commonFields(name: string, bytes: Uint8Array): Buffer {
  const size = word(bytes.length);
  const stamp = Buffer.concat([half(20), half(0), half(0), word(0)]);
  return Buffer.concat([stamp, word(crc32(bytes)), size, size, half(Buffer.byteLength(name)), half(0)]);
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
