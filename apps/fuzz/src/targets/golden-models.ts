/** Models that PyTorch and Keras wrote, from the golden files of `packages/interchange`. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const golden = new URL("../../../../packages/interchange/test/golden/", import.meta.url);

interface GoldenFile {
  readonly name: string;
  readonly file: string;
}

interface GoldenFormats {
  readonly name: string;
  /** By the ending of the name. */
  readonly files: Readonly<Record<string, string>>;
  readonly json?: string;
}

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

/** Files of `torch.save` that are read. */
export function torchFiles(): Uint8Array[] {
  const { files } = JSON.parse(readFileSync(new URL("pytorch.json", golden), "utf8")) as { files: GoldenFile[] };
  return files.map(({ file }) => bytesOf(file));
}

/** A model of Keras whose weights lie in chunks, packed in several ways, for all versions of HDF5 and for new ones. */
export function packedKerasFiles(): Uint8Array[] {
  const { models } = JSON.parse(gunzipSync(readFileSync(new URL("hdf5.json.gz", golden))).toString()) as {
    readonly models: Readonly<Record<string, string>>;
  };
  return Object.values(models).map(bytesOf);
}

/** A model of Keras in each of its formats, and what `model.to_json()` gave. */
export function kerasFiles(name: string): { readonly files: ReadonlyMap<string, Uint8Array>; readonly json: string } {
  const all = JSON.parse(
    gunzipSync(readFileSync(new URL("keras-files.json.gz", golden))).toString(),
  ) as GoldenFormats[];
  const { files, json = "" } = all.find((one) => one.name === name)!;
  return { files: new Map(Object.entries(files).map(([kind, file]) => [kind, bytesOf(file)])), json };
}
