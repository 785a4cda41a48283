/** `data-lines.json`: short hashes of the lines of a run's data, by which a file that changed later is told to the line. */
import { existsSync } from "node:fs";
import { datasetFiles, hashLines, type LineHashes } from "@cellstate/data/node";
import { writeFileAtomic } from "@cellstate/files";
import { z } from "zod";
import { relativePath } from "../config/file-paths.ts";
import type { Experiment } from "../config/schema.ts";
import { dataContext } from "../datasets.ts";
import type { RunPaths } from "./folder.ts";
import { FORMAT_VERSION, readVersioned } from "./versioned.ts";

const count = z.int().min(0);
const linesFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  files: z.record(
    z.string(),
    z.looseObject({
      lines: count,
      linesPerHash: z.int().min(1),
      hashes: z.base64().describe("32 bits each, little-endian"),
    }),
  ),
});

/**
 * Hashes the lines of the files that a new run reads; one that goes on keeps what there is.
 *
 * @param names  of the files, as they were read
 * @param base   the folder that paths of the lock are from, and those here
 * @throws {DataError} if a file cannot be read
 */
export async function writeDataLines(
  { dataLines }: RunPaths,
  { data }: Pick<Experiment, "data">,
  names: readonly string[],
  base: string,
): Promise<void> {
  if (existsSync(dataLines)) return;
  const files: Record<string, unknown> = {};
  for (const [name, path] of await datasetFiles(data, dataContext())) {
    if (!names.includes(name)) continue;
    const { hashes, ...lines } = await hashLines(path);
    files[relativePath(name, base)] = { ...lines, hashes: encodeHashes(hashes) };
  }
  writeFileAtomic(dataLines, `${JSON.stringify({ formatVersion: FORMAT_VERSION, files }, null, 2)}\n`);
}

/** The hashes of a file's lines, by its name; undefined where a run keeps none. @throws {RunFileError} if they are damaged */
export function readDataLines({ dataLines }: RunPaths, name: string): LineHashes | undefined {
  if (!existsSync(dataLines)) return undefined;
  const { files } = readVersioned(dataLines, linesFile);
  const found = Object.hasOwn(files, name) ? files[name] : undefined;
  return found && { ...found, hashes: decodeHashes(found.hashes) };
}

function encodeHashes(hashes: Uint32Array): string {
  const bytes = Buffer.alloc(4 * hashes.length);
  for (const [index, hash] of hashes.entries()) bytes.writeUInt32LE(hash, 4 * index);
  return bytes.toString("base64");
}

function decodeHashes(text: string): Uint32Array {
  const bytes = Buffer.from(text, "base64");
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readUInt32LE(4 * index));
}
