/** A folder of a test with files of its own, loaded as an experiment would load them. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataConfig } from "../src/config.ts";
import type { DataRecord, Dataset, Fields, Records } from "../src/index.ts";
import { loadDataset } from "../src/node/index.ts";

export const labelled = { text: { kind: "text" }, label: { kind: "category", target: true } } as const satisfies Fields;

/** A new folder under the system's own for such. */
export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "data-"));
}

/** @param path  below the folder */
export async function put(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** The dataset of a `data` section, as a user writes it. */
export function load(folder: string, section: unknown, fields: Fields = labelled): Promise<Dataset> {
  return loadDataset(dataConfig.parse(section), fields, {
    configDir: folder,
    datasetsDir: folder,
    env: { XDG_CACHE_HOME: folder },
  });
}

/** Records as a list, wherever they lie. */
export async function listed(records: Records | undefined = []): Promise<DataRecord[]> {
  const list: DataRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}

/** What all records hold for a role. */
export async function valuesOf(records: Records | undefined, role: string): Promise<unknown[]> {
  return (await listed(records)).map(({ values }) => values[role]);
}
