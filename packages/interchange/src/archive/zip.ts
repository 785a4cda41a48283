/**
 * Zip archives as PyTorch and Keras write them: the central directory, also in its 64-bit form, and members that are stored or
 * deflated. Nothing is unpacked before its size is known to be possible, and each member is held to its checksum.
 *
 * @see APPNOTE.TXT of PKWARE, sections 4.3 and 4.5.3
 */
import { inflateSync } from "fflate";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { crc32 } from "./crc32.ts";

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const MEMBER = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const MEMBER_BYTES = 30;
/** A comment may stand behind the end record. */
const LONGEST_COMMENT = 0xffff;
const IN_EXTRA = 0xffffffff;
/** Deflate packs at most 1032 bytes into one. */
const GREATEST_RATIO = 1032;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of its header in the file. */
  readonly offset: number;
}

/** Whether a file starts as zip archives do. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** The members of an archive; each is unpacked when it is asked for. */
export class ZipArchive {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #entries = new Map<string, Entry>();

  /**
   * @param file  named in errors
   * @throws {ModelFormatError} if it is no archive, or is cut short
   */
  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
    for (const entry of this.#readDirectory()) this.#entries.set(entry.name, entry);
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The unpacked bytes of a member. @throws {ModelFormatError} if it is missing or damaged */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw this.#fault(`expected a member ${name}, there is none`);
    const bytes = this.#unpack(entry);
    if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc) {
      throw this.#fault(`the member ${name} does not have the checksum that the archive states; it is damaged`);
    }
    return bytes;
  }

  #unpack({ name, method, isEncrypted, packedBytes, bytes, offset }: Entry): Uint8Array {
    if (isEncrypted) throw new UnsupportedModelError(this.#file, `the member ${name} is encrypted`);
    if (offset + MEMBER_BYTES > this.#bytes.length || this.#view.getUint32(offset, true) !== MEMBER) {
      throw this.#fault(`the member ${name} is not where the archive says; it is damaged or cut short`);
    }
    const nameBytes = this.#view.getUint16(offset + 26, true);
    const start = offset + MEMBER_BYTES + nameBytes + this.#view.getUint16(offset + 28, true);
    if (start + packedBytes > this.#bytes.length) throw this.#fault(`the member ${name} is cut short`);
    const packed = this.#bytes.subarray(start, start + packedBytes);
    if (method === STORED) return packed;
    if (method !== DEFLATED)
      throw new UnsupportedModelError(this.#file, `the member ${name} is packed by method ${method}`);
    if (bytes > packedBytes * GREATEST_RATIO) {
      throw this.#fault(`the member ${name} claims ${bytes} bytes, more than ${packedBytes} packed ones can give`);
    }
    try {
      return inflateSync(packed, { out: new Uint8Array(bytes) });
    } catch (error) {
      throw this.#fault(`the member ${name} cannot be unpacked; it is damaged`, error);
    }
  }

  *#readDirectory(): Generator<Entry> {
    const { count, offset } = this.#findDirectory();
    let at = offset;
    for (let index = 0; index < count; index++) {
      if (at + ENTRY_BYTES > this.#bytes.length || this.#view.getUint32(at, true) !== DIRECTORY_ENTRY) {
        throw this.#fault(`entry ${index} of the ${count} in its directory is missing; it is damaged or cut short`);
      }
      const nameBytes = this.#view.getUint16(at + 28, true);
      const extraBytes = this.#view.getUint16(at + 30, true);
      yield this.#readEntry(at, nameBytes, extraBytes);
      at += ENTRY_BYTES + nameBytes + extraBytes + this.#view.getUint16(at + 32, true);
    }
  }

  #readEntry(at: number, nameBytes: number, extraBytes: number): Entry {
    const start = at + ENTRY_BYTES;
    const name = new TextDecoder().decode(this.#bytes.subarray(start, start + nameBytes));
    const wide = this.#wideFields(start + nameBytes, extraBytes);
    const field = (offset: number) => {
      const value = this.#view.getUint32(at + offset, true);
      return value === IN_EXTRA ? (wide.next().value ?? value) : value;
    };
    // In this order, which is also that of the extra field; the compiler keeps it.
    const bytes = field(24);
    const packedBytes = field(20);
    const offset = field(42);
    return {
      name,
      method: this.#view.getUint16(at + 10, true),
      isEncrypted: (this.#view.getUint16(at + 8, true) & 1) !== 0,
      crc: this.#view.getUint32(at + 16, true),
      packedBytes,
      bytes,
      offset,
    };
  }

  /** The 64-bit values of an entry's extra fields: of those that are all ones in the entry itself. */
  *#wideFields(start: number, extraBytes: number): Generator<number, undefined> {
    const end = Math.min(start + extraBytes, this.#bytes.length);
    for (let at = start; at + 4 <= end; at += 4 + this.#view.getUint16(at + 2, true)) {
      if (this.#view.getUint16(at, true) !== 1) continue;
      const fieldEnd = Math.min(at + 4 + this.#view.getUint16(at + 2, true), end);
      for (let value = at + 4; value + 8 <= fieldEnd; value += 8) yield Number(this.#view.getBigUint64(value, true));
    }
  }

  #findDirectory(): { readonly count: number; readonly offset: number } {
    const last = this.#bytes.length - END_BYTES;
    for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
      if (this.#view.getUint32(at, true) !== END) continue;
      return (
        this.#findWideDirectory(at) ?? {
          count: this.#view.getUint16(at + 10, true),
          offset: this.#view.getUint32(at + 16, true),
        }
      );
    }
    throw this.#fault("it has no end of a zip archive; it is cut short, or none");
  }

  #findWideDirectory(end: number): { readonly count: number; readonly offset: number } | undefined {
    const locator = end - 20;
    if (locator < 0 || this.#view.getUint32(locator, true) !== END_64_LOCATOR) return undefined;
    const at = Number(this.#view.getBigUint64(locator + 8, true));
    if (at + 56 > this.#bytes.length || this.#view.getUint32(at, true) !== END_64) {
      throw this.#fault("its directory is not where it says; it is damaged");
    }
    return {
      count: Number(this.#view.getBigUint64(at + 32, true)),
      offset: Number(this.#view.getBigUint64(at + 48, true)),
    };
  }

  #fault(problem: string, cause?: unknown): ModelFormatError {
    return new ModelFormatError(this.#file, problem, { cause });
  }
}
