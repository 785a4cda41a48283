/**
 * Events of TensorBoard as the records of an event file, and back.
 *
 * @see TensorBoard, `tensorboard/compat/proto/event.proto`, `summary.proto` and `tensor.proto`
 */
import type { Histogram } from "./histogram.ts";
import { frameRecord, readRecords } from "./records.ts";
import { type Field, MessageWriter, readDoubles, readFields } from "./wire.ts";

/** A PNG. */
export interface EventImage {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

/** What is shown under a tag; exactly one kind. */
export type EventValue = { readonly tag: string } & (
  | { readonly scalar: number }
  | { readonly histogram: Histogram }
  | { readonly text: string }
  | { readonly image: EventImage }
);

/** What happened at a step. */
export interface TensorBoardEvent {
  /** Seconds. TensorBoard takes them for those since 1970; only their differences count. */
  readonly wallTime: number;
  readonly step: number;
  readonly values: readonly EventValue[];
}

/** How every event file begins. */
const FILE_VERSION = "brain.Event:2";
/** `DT_STRING` of TensorFlow. */
const STRING_TYPE = 7;
/** Colours of a pixel: red, green, blue. */
const RGB = 3;

/** The first record of a file. */
export function encodeFileStart(wallTime = 0): Uint8Array {
  return frameRecord(new MessageWriter().double(1, wallTime).text(3, FILE_VERSION).finish());
}

/** One record, ready to be appended to a file. */
export function encodeEvent({ wallTime, step, values }: TensorBoardEvent): Uint8Array {
  const summary = new MessageWriter();
  for (const value of values) summary.message(1, encodeValue(value));
  return frameRecord(new MessageWriter().double(1, wallTime).int(2, step).message(5, summary).finish());
}

function encodeValue(value: EventValue): MessageWriter {
  const message = new MessageWriter().text(1, value.tag);
  if ("scalar" in value) return message.float(2, value.scalar);
  if ("image" in value) {
    const { height, width, png } = value.image;
    return message.message(4, new MessageWriter().int(1, height).int(2, width).int(3, RGB).bytes(4, png));
  }
  if ("histogram" in value) {
    const { min, max, count, sum, sumOfSquares, limits, counts } = value.histogram;
    const histogram = new MessageWriter().double(1, min).double(2, max).double(3, count).double(4, sum);
    return message.message(5, histogram.double(5, sumOfSquares).doubles(6, limits).doubles(7, counts));
  }
  const plugin = new MessageWriter().message(1, new MessageWriter().text(1, "text"));
  const tensor = new MessageWriter().int(1, STRING_TYPE).message(2, new MessageWriter()).text(8, value.text);
  return message.message(8, tensor).message(9, plugin);
}

/** An event that was read, and where its record ends in the file. */
export interface ReadEvent extends TensorBoardEvent {
  readonly end: number;
}

/**
 * The events of a file up to where it is cut or damaged; its first record is none of them.
 *
 * @throws {RangeError} if the file does not begin as event files do, or holds what this code does not write
 */
export function decodeEvents(file: Uint8Array): ReadEvent[] {
  const [start, ...records] = readRecords(file);
  const version = start && textOf(find(readFields(start.data), 3)?.bytes);
  if (version !== FILE_VERSION) throw new RangeError(`expected an event file that begins with ${FILE_VERSION}`);
  return records.map(({ data, end }) => {
    const fields = readFields(data);
    const summary = readFields(find(fields, 5)?.bytes ?? new Uint8Array());
    return {
      wallTime: find(fields, 1)?.number ?? 0,
      step: find(fields, 2)?.number ?? 0,
      values: summary.map(({ bytes }) => decodeValue(readFields(bytes!))),
      end,
    };
  });
}

function decodeValue(fields: readonly Field[]): EventValue {
  const tag = textOf(find(fields, 1)?.bytes);
  const scalar = find(fields, 2)?.number;
  if (scalar !== undefined) return { tag, scalar };
  const image = find(fields, 4)?.bytes;
  if (image !== undefined) {
    const parts = readFields(image);
    const [height, width] = [find(parts, 1)!.number!, find(parts, 2)!.number!];
    return { tag, image: { height, width, png: find(parts, 4)!.bytes! } };
  }
  const histogram = find(fields, 5)?.bytes;
  if (histogram !== undefined) return { tag, histogram: decodeHistogram(readFields(histogram)) };
  const tensor = find(fields, 8)?.bytes;
  if (tensor === undefined)
    throw new RangeError(`event: ${tag} has neither a number, a histogram, a text nor an image`);
  return { tag, text: textOf(find(readFields(tensor), 8)?.bytes) };
}

function decodeHistogram(fields: readonly Field[]): Histogram {
  const number = (field: number) => find(fields, field)?.number ?? 0;
  const list = (field: number) => readDoubles(find(fields, field)?.bytes ?? new Uint8Array());
  return {
    min: number(1),
    max: number(2),
    count: number(3),
    sum: number(4),
    sumOfSquares: number(5),
    limits: list(6),
    counts: list(7),
  };
}

function find(fields: readonly Field[], wanted: number): Field | undefined {
  return fields.find(({ field }) => field === wanted);
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
