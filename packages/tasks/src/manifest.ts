/**
 * `manifest.json`: which files a folder holds, with the size and the SHA-256 of each, and last the SHA-256 of itself, so that
 * no bit in the folder changes unnoticed. Its bytes depend on the files alone.
 */
import { z } from "zod";
import { encodeJson } from "./file-contents.ts";
import { schemaFault } from "./schema-fault.ts";
import { sha256 } from "./sha256.ts";
import type { FileContents } from "./task.ts";
import { MODEL_FORMAT_VERSION, newerFault, parseVersioned } from "./versioned.ts";

export const MANIFEST_FILE = "manifest.json";

/** What a manifest says of one file. */
export interface FileSeal {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** The files of a folder by name; those of folders in it have names such as `predictions/test.jsonl`. */
export type Manifest = Readonly<Record<string, FileSeal>>;

/** What is wrong with one file. */
export interface FileFault {
  readonly file: string;
  readonly fault: string;
}

const HASH = /^[0-9a-f]{64}$/;
const NO_HASH = "0".repeat(64);
/** Text in JSON escapes its quotes and line ends, so only the end of the file looks like this. */
const OWN_HASH = /(?<="sha256": ")[0-9a-f]{64}(?="\n\}\n$)/;
const manifestFile = z.strictObject({
  formatVersion: z.int(),
  files: z.record(
    z.string().refine(isPlainPath, "must be the path of a file in the folder"),
    z.strictObject({
      bytes: z.int().min(0),
      sha256: z.string().regex(HASH, "must be 64 hexadecimal digits in small letters"),
    }),
  ),
  sha256: z.string(),
});

/** What a manifest says of these bytes. */
export async function sealOf(bytes: Uint8Array): Promise<FileSeal> {
  return { bytes: bytes.length, sha256: await sha256(bytes) };
}

/** The bytes of a manifest. */
export async function encodeManifest(files: Manifest): Promise<Uint8Array> {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const blank = encodeJson({ formatVersion: MODEL_FORMAT_VERSION, files: sorted, sha256: NO_HASH });
  const text = new TextDecoder().decode(blank);
  return new TextEncoder().encode(text.replace(OWN_HASH, await sha256(blank)));
}

/** The files with a manifest of them all, which comes last; one that is there already is made anew. */
export async function sealFiles(files: FileContents): Promise<FileContents> {
  const others = [...files].filter(([name]) => name !== MANIFEST_FILE);
  const seals = await Promise.all(others.map(async ([name, bytes]) => [name, await sealOf(bytes)] as const));
  return new Map([...others, [MANIFEST_FILE, await encodeManifest(Object.fromEntries(seals))]]);
}

/** Reads a manifest, or says what is wrong with it. */
export async function parseManifest(
  bytes: Uint8Array,
): Promise<{ readonly files: Manifest; readonly fault?: undefined } | { readonly files?: undefined; fault: string }> {
  const text = textOf(bytes);
  if (text === undefined) return { fault: "is not valid UTF-8; it is damaged" };
  const stated = OWN_HASH.exec(text)?.[0];
  if (stated === undefined) return { fault: "does not end with its own sha256; it is damaged or cut short" };
  const actual = await sha256(new TextEncoder().encode(text.replace(OWN_HASH, NO_HASH)));
  if (actual !== stated) return { fault: hashFault(stated, actual) };
  const { value, fault } = parseVersioned(text, MODEL_FORMAT_VERSION);
  if (fault !== undefined) return { fault };
  const result = manifestFile.safeParse(value);
  if (result.success) return { files: result.data.files };
  return { fault: schemaFault(result.error) };
}

/** A text that encodes to the same bytes, a byte-order mark included; undefined if there is none. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * What contradicts a manifest: at most one fault a file, those of the manifest first, then files that it does not list.
 *
 * @param files  all that is in the folder; the manifest itself may be among them
 */
export async function faultsOf(manifest: Manifest, files: FileContents): Promise<FileFault[]> {
  const listed = await Promise.all(
    Object.entries(manifest).map(async ([file, seal]): Promise<FileFault[]> => {
      const bytes = files.get(file);
      if (bytes === undefined) return [{ file, fault: "is missing" }];
      if (bytes.length !== seal.bytes) return [{ file, fault: newer(bytes) ?? sizeFault(seal.bytes, bytes.length) }];
      const actual = await sha256(bytes);
      return actual === seal.sha256 ? [] : [{ file, fault: newer(bytes) ?? hashFault(seal.sha256, actual) }];
    }),
  );
  const extra = [...files.keys()].filter((file) => file !== MANIFEST_FILE && !Object.hasOwn(manifest, file));
  return [...listed.flat(), ...extra.map((file) => ({ file, fault: `is not listed in ${MANIFEST_FILE}; remove it` }))];
}

/** What a file that differs says of itself where a newer Cellstate may have written it. */
function newer(bytes: Uint8Array): string | undefined {
  const version = /^\{\s*"formatVersion":\s*(\d{1,9})\b/.exec(new TextDecoder().decode(bytes.subarray(0, 100)))?.[1];
  if (version === undefined || Number(version) <= MODEL_FORMAT_VERSION) return undefined;
  return `${newerFault(Number(version), MODEL_FORMAT_VERSION)} (or the file is damaged: ${MANIFEST_FILE} knows another)`;
}

/** The words for a file that has not the size of its manifest. */
export function sizeFault(stated: number, actual: number): string {
  const how = actual < stated ? "cut short" : "damaged";
  return `has ${actual} bytes, ${MANIFEST_FILE} says ${stated}; the file is ${how}`;
}

/** The words for a file that has another hash than its manifest states. */
export function hashFault(stated: string, actual: string): string {
  return `its SHA-256 is ${actual.slice(0, 12)}…, ${MANIFEST_FILE} says ${stated.slice(0, 12)}…; the file is damaged`;
}

/** Whether a name stays in its folder on every system. */
function isPlainPath(name: string): boolean {
  return !/[\\:]/.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
