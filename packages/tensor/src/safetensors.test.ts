import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SafetensorsError } from "./errors.ts";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "./safetensors.ts";

const sample = new Map<string, TensorData>([
  ["b", { dtype: "float32", shape: [2, 2], data: new Float32Array([1, -0, NaN, Infinity]) }],
  ["a", { dtype: "int32", shape: [3], data: new Int32Array([1, -2, 3]) }],
  ["c", { dtype: "float64", shape: [], data: new Float64Array([0.1]) }],
]);

/** A file with the given JSON header and `dataBytes` zeros behind it. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  test("what is written is read back to the bit", () => {
    const { tensors, metadata } = decodeSafetensors(encodeSafetensors(sample, { note: "x" }));
    expect([...tensors.keys()]).toEqual(["a", "b", "c"]);
    for (const [name, want] of sample) expect(tensors.get(name)).toEqual(want);
    expect(metadata).toEqual({ note: "x" });
  });

  test("equal contents give equal bytes, whatever the order", () => {
    const reversed = new Map([...sample].reverse());
    expect(encodeSafetensors(reversed, { b: "2", a: "1" })).toEqual(encodeSafetensors(sample, { a: "1", b: "2" }));
  });

  test("NaNs are written as the canonical one", () => {
    const odd = new Float32Array(new Uint32Array([0xffc12345]).buffer);
    const plain = new Float32Array([NaN]);
    const bytes = (data: Float32Array) => encodeSafetensors(new Map([["x", { dtype: "float32", shape: [1], data }]]));
    expect(bytes(odd)).toEqual(bytes(plain));
  });

  test.each([
    ["too short", new Uint8Array(3), "3 bytes are too few for a header"],
    ["a header past the end", file("{}", 0).subarray(0, 9), "the header claims 2 bytes of 9"],
    ["no JSON", file("{x", 0), "the header is not JSON"],
    ["no object", file([], 0), "the header is not a JSON object"],
    ["an unknown type", file({ x: { dtype: "Q4", shape: [1], data_offsets: [0, 4] } }, 4), 'tensor "x" has dtype "Q4"'],
    ["data past the end", file({ x: entry(0, 8) }, 4), 'tensor "x" lies at [0, 8) of 4 bytes of data'],
    ["offsets that run backwards", file({ x: entry(4, 0, [1]) }, 4), 'tensor "x" lies at [4, 0) of 4 bytes of data'],
    ["a shape of another size", file({ x: entry(0, 4, [3]) }, 4), 'tensor "x" of shape [3] needs 12 bytes, has 4'],
    ["a negative extent", file({ x: entry(0, 4, [-1]) }, 4), 'tensor "x" has no valid shape'],
    ["overlap", file({ x: entry(0, 8), y: entry(4, 12) }, 12), 'tensor "y" overlaps the one before it'],
    ["a gap", file({ x: entry(0, 4), y: entry(8, 12) }, 12), '4 bytes before tensor "y" belong to none'],
    ["bytes to spare", file({ x: entry(0, 4) }, 8), "4 bytes at the end belong to no tensor"],
    ["metadata that is not text", file({ __metadata__: { a: 1 } }, 0), '__metadata__ "a" is not a string'],
  ])("refuses %s", (_, bytes, fault) => {
    expect(() => decodeSafetensors(bytes, "model.safetensors")).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes, "model.safetensors")).toThrow(`model.safetensors: ${fault}`);
  });

  test.each([
    [
      "F16",
      [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0x8000],
      [1, -2, 2 ** -24, 1023 / 2 ** 24, 65504, Infinity, -0],
    ],
    [
      "BF16",
      [0x3f80, 0xc000, 0x0001, 0x7f7f, 0xff80, 0x8000],
      [1, -2, 2 ** -133, (2 - 2 ** -7) * 2 ** 127, -Infinity, -0],
    ],
    ["I16", [0xffff, 1], [-1, 1]],
    ["U16", [0xffff, 1], [65535, 1]],
  ])("reads %s without losing a bit", (dtype, words, want) => {
    const bytes = file({ x: { dtype, shape: [words.length], data_offsets: [0, 2 * words.length] } }, 2 * words.length);
    bytes.set(new Uint8Array(new Uint16Array(words).buffer), bytes.length - 2 * words.length);
    const { dtype: got, data } = decodeSafetensors(bytes).tensors.get("x")!;
    expect(got).toBe(dtype.endsWith("F16") ? "float32" : "int32");
    expect([...data]).toEqual(want);
  });

  test("reads a NaN of 16 bits as a NaN", () => {
    for (const [dtype, word] of [["F16", 0x7e01] as const, ["BF16", 0xffc1] as const]) {
      const bytes = file({ x: { dtype, shape: [], data_offsets: [0, 2] } }, 2);
      bytes.set([word & 255, word >> 8], bytes.length - 2);
      expect([...decodeSafetensors(bytes).tensors.get("x")!.data]).toEqual([NaN]);
    }
  });

  test("reads whole numbers of 64 bits where int32 can hold them", () => {
    const fileOf = (dtype: string, value: bigint) => {
      const bytes = file({ ids: { dtype, shape: [1], data_offsets: [0, 8] } }, 8);
      new DataView(bytes.buffer).setBigInt64(bytes.length - 8, value, true);
      return bytes;
    };
    expect(decodeSafetensors(fileOf("I64", -7n)).tensors.get("ids")!.data).toEqual(new Int32Array([-7]));
    expect(() => decodeSafetensors(fileOf("I64", 2n ** 31n), "a.safetensors")).toThrow(
      'a.safetensors: tensor "ids" of type I64; it holds 2147483648, and int32 cannot',
    );
    expect(() => decodeSafetensors(fileOf("U64", -1n))).toThrow("it holds 18446744073709551615, and int32 cannot");
  });

  test("a type that is not read is named, and the file is not called damaged", () => {
    const bytes = file({ x: { dtype: "F8_E4M3", shape: [1], data_offsets: [0, 1] } }, 1);
    expect(() => decodeSafetensors(bytes, "a.safetensors")).toThrow(
      /^a\.safetensors: tensor "x" has dtype "F8_E4M3"; the types that can be read are F32, F64, I32, F16, BF16, /,
    );
  });

  test.each([
    ["F16", 2 ** -24, 65504],
    ["BF16", 2 ** -133, (2 - 2 ** -7) * 2 ** 127],
  ] as const)("floats are written as %s, every one of its numbers as itself", (floats, smallest, largest) => {
    const words = Uint16Array.from({ length: 0x10000 }, (_, word) => word);
    const bytes = file({ x: { dtype: floats, shape: [0x10000], data_offsets: [0, 0x20000] } }, 0x20000);
    bytes.set(new Uint8Array(words.buffer), bytes.length - 0x20000);
    const { tensors } = decodeSafetensors(bytes);
    const again = decodeSafetensors(encodeSafetensors(tensors, {}, { floats })).tensors.get("x")!;
    expect(again.data).toEqual(tensors.get("x")!.data);
    expect(Math.max(...again.data.filter(Number.isFinite))).toBe(largest);
    expect(Math.min(...again.data.filter((value) => value > 0))).toBe(smallest);
  });

  test.each([
    [
      "F16",
      [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20, 2 ** -25, 3 * 2 ** -25],
      [1, 1 + 2 ** -9, 1 + 2 ** -10, 0, 2 ** -23],
    ],
    ["BF16", [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20], [1, 1 + 2 ** -6, 1 + 2 ** -7]],
  ] as const)("%s rounds to nearest, ties to even", (floats, given, want) => {
    const data = Float32Array.from(given);
    const bytes = encodeSafetensors(new Map([["x", { dtype: "float32", shape: [data.length], data }]]), {}, { floats });
    expect([...decodeSafetensors(bytes).tensors.get("x")!.data]).toEqual([...want]);
  });

  test("a number too large for 16 bits is refused, not made infinite", () => {
    const write = (value: number, floats: "F16" | "BF16") =>
      encodeSafetensors(
        new Map([["x", { dtype: "float32", shape: [], data: Float32Array.of(value) }]]),
        {},
        { floats },
      );
    expect(() => write(65520, "F16")).toThrow('safetensors: tensor "x" holds 65520, too large for F16; write F32');
    expect(() => write(3.4e38, "BF16")).toThrow("too large for BF16");
    expect([...decodeSafetensors(write(Infinity, "F16")).tensors.get("x")!.data]).toEqual([Infinity]);
  });

  test("every truncation and every damaged header byte is an error of its own or reads cleanly, never a crash", () => {
    const whole = encodeSafetensors(sample);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const damaged = whole.slice();
        damaged[at] = value;
        for (const bytes of [whole.subarray(0, at), damaged]) {
          try {
            decodeSafetensors(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(SafetensorsError);
          }
        }
      }),
    );
    expect(() => decodeSafetensors(whole.subarray(0, whole.length - 1))).toThrow(SafetensorsError);
  });
});
