/**
 * Changes of protocol buffers as trees of fields: fields go, come twice, get other numbers, types and values.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import type { Random } from "../random.ts";
import type { Mutator } from "../target.ts";
import { concat } from "./bytes.ts";
import { HOSTILE_TEXTS } from "./hostile.ts";
import { bytesOfText } from "./text.ts";

/** A field: a whole number for wire type 0, bytes for the others. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly value: bigint | Uint8Array;
}

export const varintField = (number: number, value: number | bigint): Field => ({
  number,
  wireType: 0,
  value: BigInt(value),
});
export const bytesField = (number: number, value: Uint8Array): Field => ({ number, wireType: 2, value });
export const textField = (number: number, text: string): Field => bytesField(number, bytesOfText(text));

export function floatField(number: number, value: number): Field {
  return { number, wireType: 5, value: new Uint8Array(Float32Array.of(value).buffer) };
}

export function writeFields(fields: readonly Field[]): Uint8Array {
  return concat(
    ...fields.flatMap(({ number, wireType, value }) => {
      const tag = varint(BigInt(number * 8 + wireType));
      if (typeof value === "bigint") return [tag, varint(value)];
      return wireType === 2 ? [tag, varint(BigInt(value.length)), value] : [tag, value];
    }),
  );
}

/** The fields as far as the bytes are some. */
function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const number = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = number();
    const wireType = Number(tag & 7n);
    if (wireType === 0) fields.push({ number: Number(tag >> 3n), wireType, value: number() });
    else {
      const length = wireType === 2 ? Number(number()) : wireType === 1 ? 8 : 4;
      fields.push({ number: Number(tag >> 3n), wireType, value: bytes.slice(at, at + length) });
      at += length;
    }
  }
  return fields;
}

const EDGES = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 127n, 128n, 1n << 31n, 1n << 32n, 1n << 53n, (1n << 64n) - 1n];
const FLOATS = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 1e-45, 3e38, -1e30];

export const changeMessage: Mutator = (input, random) => {
  const fields = readFields(input);
  for (let count = random.few(3); count > 0; count--) changeFields(fields, random);
  return writeFields(fields);
};

function changeFields(fields: Field[], random: Random): void {
  const at = random.below(fields.length + 1);
  const field = fields[at];
  switch (field === undefined ? 3 : random.below(8)) {
    case 0:
      fields.splice(at, 1);
      return;
    case 1:
      fields.splice(at, 0, ...random.times(random.few(3), () => field!));
      return;
    case 2:
      fields.splice(random.below(fields.length), 0, ...fields.splice(at, 1));
      return;
    case 3:
      fields.splice(at, 0, varintField(random.between(0, 45), random.pick(EDGES)));
      return;
    case 4:
      fields[at] = { ...field!, number: random.pick([0, 1, 2, 3, 4, 5, 35, 2 ** 28]) };
      return;
    default:
      fields[at] = { ...field!, value: changedValue(field!, random) };
  }
}

function changedValue({ value, wireType }: Field, random: Random): bigint | Uint8Array {
  if (typeof value === "bigint") return random.pick(EDGES);
  if (wireType === 5) return new Uint8Array(Float32Array.of(random.pick(FLOATS)).buffer);
  // a message more often than a text
  if (!random.oneIn(3)) {
    const inner = readFields(value);
    changeFields(inner, random);
    return writeFields(inner);
  }
  return random.oneIn(2) ? bytesOfText(random.pick(HOSTILE_TEXTS)) : value.slice(0, random.below(value.length + 1));
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
