/**
 * Messages of protocol buffers to objects and back, by a table of their fields. The wire format itself is read and written by
 * `@bufbuild/protobuf`, which checks the bounds of everything that it reads and makes no code.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { OnnxFormatError, OnnxLimitError } from "../errors.ts";

type ScalarKind = "int32" | "int64" | "uint64" | "float" | "double" | "string" | "bytes";

/** One field of a message. Integers of 64 bits become numbers: exact up to 2^53. */
interface MessageField {
  readonly number: number;
  /** What it holds; a function gives the fields of a message, so that messages may hold each other. */
  readonly kind: ScalarKind | (() => FieldTable);
  readonly repeated?: true;
}

type FieldTable = Readonly<Record<string, MessageField>>;

/** A table with an entry for each property of `Message`. */
export type MessageFields<Message> = { readonly [Name in keyof Required<Message>]: MessageField };

export interface DecodeLimits {
  /** Most messages in the file, of all types together: each becomes an object, however few bytes it has. */
  readonly maxMessages: number;
}

/** Graphs within graphs within attributes: more of them than any exporter makes. */
const MAX_DEPTH = 64;

type Decoded = Record<string, unknown>;

/**
 * Reads a message; fields that the table lacks are skipped, and repeated ones that are missing are empty lists.
 *
 * @throws {OnnxFormatError} if the bytes are no message of this kind
 * @throws {OnnxLimitError} if there are too many messages in it
 */
export function decodeMessage<Message>(
  bytes: Uint8Array,
  fields: MessageFields<Message>,
  { maxMessages }: DecodeLimits,
): Message {
  const decoder = new Decoder(maxMessages);
  return decoder.decode(bytes, fields as FieldTable, 0) as Message;
}

class Decoder {
  readonly #maxMessages: number;
  #messages = 0;

  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
  }

  decode(bytes: Uint8Array, fields: FieldTable, depth: number): Decoded {
    this.#messages += 1;
    if (this.#messages > this.#maxMessages) {
      throw new OnnxLimitError("the file", "its number of messages", this.#maxMessages, "maxMessages");
    }
    if (depth > MAX_DEPTH) throw new OnnxFormatError("the file", `messages at most ${MAX_DEPTH} deep`, "deeper ones");
    const reader = new BinaryReader(bytes);
    const message: Decoded = {};
    for (const [name, { repeated }] of Object.entries(fields)) if (repeated) message[name] = [];
    while (reader.pos < reader.len) this.#readField(reader, fields, message, depth);
    return message;
  }

  #readField(reader: BinaryReader, fields: FieldTable, message: Decoded, depth: number): void {
    const start = reader.pos;
    try {
      const [number, wireType] = reader.tag();
      const entry = entriesByNumber(fields).get(number);
      if (entry === undefined) {
        reader.skip(wireType, number);
        return;
      }
      const [name, { kind, repeated }] = entry;
      if (typeof kind === "function") {
        requireWireType(wireType, WireType.LengthDelimited);
        const inner = this.decode(reader.bytes(), kind(), depth + 1);
        if (repeated) (message[name] as unknown[]).push(inner);
        else message[name] = inner;
      } else if (repeated) {
        readScalars(reader, kind, wireType, message[name] as unknown[]);
      } else {
        requireWireType(wireType, wireTypes[kind]);
        message[name] = readers[kind](reader);
      }
    } catch (error) {
      if (error instanceof OnnxFormatError || error instanceof OnnxLimitError) throw error;
      const fault = error instanceof Error ? error.message : String(error);
      throw new OnnxFormatError(
        "the file",
        "an ONNX model",
        `bytes that are none (${fault}, byte ${start} of a message)`,
        {
          cause: error,
        },
      );
    }
  }
}

const readers: { readonly [Kind in ScalarKind]: (reader: BinaryReader) => unknown } = {
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(reader.int64()),
  uint64: (reader) => Number(reader.uint64()),
  float: (reader) => reader.float(),
  double: (reader) => reader.double(),
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes(),
};

const wireTypes: { readonly [Kind in ScalarKind]: WireType } = {
  int32: WireType.Varint,
  int64: WireType.Varint,
  uint64: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
};

const isPackable = (kind: ScalarKind): boolean => wireTypes[kind] !== WireType.LengthDelimited;

/** One element, or a packed run of numbers. */
function readScalars(reader: BinaryReader, kind: ScalarKind, wireType: WireType, into: unknown[]): void {
  if (!isPackable(kind) || wireType !== WireType.LengthDelimited) {
    requireWireType(wireType, wireTypes[kind]);
    into.push(readers[kind](reader));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) into.push(readers[kind](packed));
}

function requireWireType(got: WireType, expected: WireType): void {
  if (got !== expected) throw new RangeError(`wire type ${got} where ${expected} belongs`);
}

const numbered = new WeakMap<FieldTable, ReadonlyMap<number, readonly [string, MessageField]>>();

function entriesByNumber(fields: FieldTable): ReadonlyMap<number, readonly [string, MessageField]> {
  let entries = numbered.get(fields);
  if (entries === undefined) {
    entries = new Map(Object.entries(fields).map((entry) => [entry[1].number, entry]));
    numbered.set(fields, entries);
  }
  return entries;
}

/** Writes a message; what is undefined or an empty list takes no bytes. */
export function encodeMessage<Message>(message: Message, fields: MessageFields<Message>): Uint8Array {
  const writer = new BinaryWriter();
  writeFields(writer, message as Decoded, fields as FieldTable);
  return writer.finish();
}

function writeFields(writer: BinaryWriter, message: Decoded, fields: FieldTable): void {
  for (const [name, { number, kind, repeated }] of Object.entries(fields)) {
    const value = message[name];
    if (value === undefined) continue;
    if (typeof kind === "function") {
      for (const inner of repeated ? (value as Decoded[]) : [value as Decoded]) {
        writer.tag(number, WireType.LengthDelimited).fork();
        writeFields(writer, inner, kind());
        writer.join();
      }
    } else if (repeated && isPackable(kind)) {
      const values = value as readonly number[];
      if (values.length === 0) continue;
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const element of values) writers[kind](writer, element);
      writer.join();
    } else {
      for (const element of repeated ? (value as unknown[]) : [value]) {
        writers[kind](writer.tag(number, wireTypes[kind]), element);
      }
    }
  }
}

const writers: { readonly [Kind in ScalarKind]: (writer: BinaryWriter, value: unknown) => void } = {
  int32: (writer, value) => writer.int32(value as number),
  int64: (writer, value) => writer.int64(value as number),
  uint64: (writer, value) => writer.uint64(value as number),
  float: (writer, value) => writer.float(value as number),
  double: (writer, value) => writer.double(value as number),
  string: (writer, value) => writer.string(value as string),
  bytes: (writer, value) => writer.bytes(value as Uint8Array),
};
