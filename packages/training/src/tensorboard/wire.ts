/** As much of the wire format of Protocol Buffers as event files need. */

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** A message under construction: fields in the order in which they are added. */
export class MessageWriter {
  readonly #bytes: number[] = [];

  /** An integer 0..2^53-1. */
  int(field: number, value: number): this {
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#varint(field * 8 + FIXED_64);
    this.#bytes.push(...doublesOf([value]));
    return this;
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + FIXED_32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#bytes.push(...bytes);
    return this;
  }

  /** Packed, as repeated numbers are in proto3. */
  doubles(field: number, values: readonly number[]): this {
    return this.bytes(field, doublesOf(values));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + BYTES);
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, message: MessageWriter): this {
    return this.bytes(field, message.finish());
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) + 128);
    this.#bytes.push(rest);
  }
}

function doublesOf(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setFloat64(8 * index, value, true);
  return bytes;
}

/** A field of a message that was read: its number, and its value as a number or as bytes. */
export type Field =
  | { readonly field: number; readonly number: number; readonly bytes?: undefined }
  | { readonly field: number; readonly bytes: Uint8Array; readonly number?: undefined };

/** The fields of a message. @throws {RangeError} if it is cut short, or has a type of field that none of ours has */
export function readFields(message: Uint8Array): Field[] {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = view.getUint8(at++);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case VARINT:
        fields.push({ field, number: varint() });
        break;
      case FIXED_64:
        fields.push({ field, number: view.getFloat64(at, true) });
        at += 8;
        break;
      case FIXED_32:
        fields.push({ field, number: view.getFloat32(at, true) });
        at += 4;
        break;
      case BYTES: {
        const length = varint();
        if (at + length > message.length) throw new RangeError("event: the message is cut short");
        fields.push({ field, bytes: message.subarray(at, at + length) });
        at += length;
        break;
      }
      default:
        throw new RangeError(`event: unknown type ${key % 8} of field ${field}`);
    }
  }
  return fields;
}

/** The numbers of a packed field. */
export function readDoubles(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getFloat64(8 * index, true));
}
