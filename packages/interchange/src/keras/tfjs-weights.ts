/** The weights that a `model.json` of TensorFlow.js lists, in files beside it. */
import { type ElementType, elementTypes, type TensorData } from "@cellstate/tensor";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import type { Fields } from "./fields.ts";

const TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["float32", "F32"],
  ["float16", "F16"],
  ["int32", "I32"],
  ["uint8", "U8"],
  ["uint16", "U16"],
  ["bool", "BOOL"],
]);

/** The files of a manifest, relative to that of the model. @throws {ModelFormatError} if a path leads out of the folder */
export function shardPaths(manifest: readonly Fields[]): string[] {
  return manifest.flatMap((group) =>
    group.list("paths").map((path) => {
      const isPlain = typeof path === "string" && /^(?!.*(^|\/)\.\.(\/|$))[^/\\:][^\\:]*$/.test(path);
      if (!isPlain) throw group.wrong("paths", "names of files in the folder of the model");
      return path;
    }),
  );
}

/**
 * The tensors of a manifest by name.
 *
 * @param shards  bytes of the files, by the paths that `shardPaths` gives
 */
export function readManifest(
  manifest: readonly Fields[],
  shards: ReadonlyMap<string, Uint8Array>,
): Map<string, TensorData> {
  const tensors = new Map<string, TensorData>();
  for (const group of manifest) {
    const bytes = joined(group.list("paths").map((path) => shards.get(String(path))!));
    let at = 0;
    for (const weight of group.each("weights")) {
      const { tensor, end } = readWeight(weight, bytes, at);
      tensors.set(weight.text("name"), tensor);
      at = end;
    }
    if (at !== bytes.length) {
      throw new ModelFormatError(
        group.file,
        `${group.path}: its files have ${bytes.length} bytes, its weights need ${at}`,
      );
    }
  }
  return tensors;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1) return only!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function readWeight(
  weight: Fields,
  bytes: Uint8Array,
  at: number,
): { readonly tensor: TensorData; readonly end: number } {
  const name = weight.text("name");
  const shape = weight.list("shape");
  const isExtent = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!shape.every(isExtent)) throw weight.wrong("shape", "extents of at least 0");
  const packing = weight.has("quantization") ? weight.fields("quantization") : undefined;
  const written = packing === undefined ? weight.text("dtype") : packing.text("dtype");
  const type = TYPES.get(written);
  if (type === undefined)
    throw new UnsupportedModelError(weight.file, `weight ${name} has elements of type ${written}`);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const end = at + size * elementTypes[type].bytes;
  if (!(end <= bytes.length)) {
    throw new ModelFormatError(weight.file, `weight ${name} of shape [${shape.join(", ")}] reaches beyond its files`);
  }
  const { dtype, read } = elementTypes[type];
  const data = read(new DataView(bytes.buffer, bytes.byteOffset + at, end - at), size);
  if (packing === undefined || type === "F16") return { tensor: { dtype, shape, data }, end };
  const [scale, least] = [Number(packing.get("scale")), Number(packing.get("min"))];
  return { tensor: { dtype: "float32", shape, data: Float32Array.from(data, (value) => value * scale + least) }, end };
}
