/**
 * Reads the wire format of protocol buffers: a message is a list of fields, each a number and a value of one of four
 * kinds.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import { SentencePieceFormatError } from "../../errors.ts";

/** A field of a message: integers and booleans have `value`; strings, messages and floats have `bytes`. */
interface ProtobufField {
  readonly number: number;
  /** 0 for a field of bytes. Exact up to 2^53. */
  readonly value: number;
  /** Empty for an integer. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const MAX_VARINT_BYTES = 10;

/**
 * The fields in the order of the file; repeated ones come repeatedly.
 *
 * @param path where the message stands, for errors
 * @throws {SentencePieceFormatError} if the bytes are no message
 */
export function* readFields(bytes: Uint8Array, path: string): Generator<ProtobufField> {
  const reader = new Reader(bytes, path);
  while (reader.more) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { number, value: reader.varint(), bytes: NO_BYTES };
        break;
      case 1:
        yield { number, value: 0, bytes: reader.take(8) };
        break;
      case 2:
        yield { number, value: 0, bytes: reader.take(reader.varint()) };
        break;
      case 5:
        yield { number, value: 0, bytes: reader.take(4) };
        break;
      default:
        throw new SentencePieceFormatError(path, "a field of wire type 0, 1, 2 or 5", `type ${tag % 8}`);
    }
  }
}

/** A string field, which is UTF-8. */
export function asText({ bytes }: ProtobufField, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SentencePieceFormatError(path, "UTF-8", "other bytes");
  }
}

/** A float field: 32 bits, little endian. */
export function asFloat({ bytes }: ProtobufField, path: string): number {
  if (bytes.length !== 4) throw new SentencePieceFormatError(path, "a float of 4 bytes", `${bytes.length} bytes`);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #path: string;
  #at = 0;

  constructor(bytes: Uint8Array, path: string) {
    this.#bytes = bytes;
    this.#path = path;
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** Seven bits a byte, the lowest first; the top bit says that more follow. */
  varint(): number {
    let value = 0;
    let unit = 1;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new SentencePieceFormatError(this.#path, "a whole number", "the end of the bytes");
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
    throw new SentencePieceFormatError(this.#path, `a number of at most ${MAX_VARINT_BYTES} bytes`, "a longer one");
  }

  take(length: number): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (length > left) throw new SentencePieceFormatError(this.#path, `${length} bytes`, `the end after ${left}`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
