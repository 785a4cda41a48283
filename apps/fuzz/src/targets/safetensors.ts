/** Weights: safetensors files, a header of JSON and the elements behind it. */
import { decodeSafetensors, encodeSafetensors, type TensorData } from "@cellstate/tensor";
import { byteMutators, concat } from "../mutate/bytes.ts";
import { bytesOfText, textMutators } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { type Mutator, mustHold, type Target } from "../target.ts";

type Tensors = ReadonlyMap<string, TensorData>;

const tensor = (shape: readonly number[], data: TensorData["data"], dtype: TensorData["dtype"]): TensorData => ({
  dtype,
  shape,
  data,
});

const SEEDS: readonly Uint8Array[] = [
  encodeSafetensors(new Map()),
  encodeSafetensors(new Map([["a", tensor([2, 2], Float32Array.of(1, -0, Number.NaN, 1e-40), "float32")]])),
  encodeSafetensors(
    new Map([
      ["embedding.weight", tensor([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6), "float32")],
      ["empty", tensor([0, 4], new Float32Array(0), "float32")],
      ["ids", tensor([3], Int32Array.of(0, -1, 2147483647), "int32")],
      ["scalar", tensor([], Float64Array.of(Math.PI), "float64")],
    ]),
    { format: "cellstate", note: "é中" },
  ),
];

export const safetensors: Target = {
  name: "safetensors",
  about: "weights: a header of JSON and the elements behind it",
  extension: "safetensors",
  async open() {
    return { seeds: SEEDS, mutators: [...headerMutators, ...headerMutators, ...byteMutators], check };
  },
};

/** Change the header as the JSON document that it is, most of the time with a length that fits. */
export const headerMutators: readonly Mutator[] = [
  ...Array.from({ length: 8 }, () => treeMutators()[0]!),
  ...textMutators.slice(0, 5),
].map(
  (change): Mutator =>
    (input, random, bases) => {
      const { header, data } = partsOf(input);
      const changed = change(header, random, bases);
      const padding = bytesOfText(" ".repeat((8 - (changed.length % 8)) % 8));
      const length = Buffer.alloc(8);
      const off = random.oneIn(16) ? random.between(-8, 8) : 0;
      length.writeBigUInt64LE(BigInt(Math.max(0, changed.length + padding.length + off)));
      return concat(length, changed, padding, data);
    },
);

export function partsOf(bytes: Uint8Array): { readonly header: Uint8Array; readonly data: Uint8Array } {
  if (bytes.length < 8) return { header: new Uint8Array(), data: bytes };
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const end = 8 + Number(declared > BigInt(bytes.length - 8) ? 0n : declared);
  return { header: bytes.subarray(8, end), data: bytes.subarray(end) };
}

function check(input: Uint8Array): void {
  const { tensors, metadata } = decodeSafetensors(input, "model.safetensors");
  for (const [name, { shape, data }] of tensors) {
    mustHold(
      data.length === shape.reduce((product, size) => product * size, 1),
      () => `tensor ${JSON.stringify(name)} of shape [${shape}] has ${data.length} elements`,
    );
  }
  mustHold(
    [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0) <= input.length,
    "more elements than bytes",
  );
  const written = encodeSafetensors(tensors, metadata);
  const again = decodeSafetensors(written, "written.safetensors");
  mustHold(sameTensors(tensors, again.tensors), "written and read again, the tensors differ");
  mustHold(JSON.stringify(metadata) === JSON.stringify(sorted(again.metadata, metadata)), "the metadata differ");
  mustHold(
    Buffer.compare(written, encodeSafetensors(again.tensors, again.metadata)) === 0,
    "the second writing differs",
  );
}

/** In the order of keys of another. */
function sorted(metadata: Readonly<Record<string, string>>, like: Readonly<Record<string, string>>) {
  const entries = Object.keys(like).map((key) => [key, metadata[key]] as const);
  return Object.keys(metadata).length === entries.length ? Object.fromEntries(entries) : metadata;
}

/** To the bit, but that any NaN equals any other, since writing makes them one. */
function sameTensors(a: Tensors, b: Tensors): boolean {
  if (a.size !== b.size) return false;
  for (const [name, one] of a) {
    const other = b.get(name);
    if (other === undefined || one.dtype !== other.dtype || String(one.shape) !== String(other.shape)) return false;
    if (one.data.length !== other.data.length) return false;
    for (let i = 0; i < one.data.length; i++) if (!Object.is(one.data[i], other.data[i])) return false;
  }
  return true;
}
