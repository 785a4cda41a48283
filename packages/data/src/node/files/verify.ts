/** Checks or fetches all files of a dataset: what `data verify` and `data fetch` do. */
import { DatasetNotFoundError } from "../../errors.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { hashFile } from "./hash.ts";
import {
  adviceFor,
  type FileOrigin,
  findLocal,
  hasAddress,
  type ResolveContext,
  resolveFile,
  whereFrom,
} from "./resolve-file.ts";

/** What is known of one file of a card. */
export interface FileReport {
  /** Path in the card. */
  readonly file: string;
  readonly status: "ok" | "missing" | "mismatch";
  /** Where it lies; undefined if it is missing. */
  readonly path: string | undefined;
  readonly origin: FileOrigin | undefined;
  readonly expectedSha256: string;
  /** Undefined if it is missing. */
  readonly foundSha256: string | undefined;
}

/** Looks at every file of a card where it lies; downloads nothing. A generated dataset has no files. */
export async function verifyDataset(located: LocatedCard, context: ResolveContext = {}): Promise<FileReport[]> {
  const reports: FileReport[] = [];
  for (const file of filesOf(located)) {
    const found = await findLocal(located, file, context);
    const foundSha256 = found === undefined ? undefined : await hashFile(found.path);
    reports.push({
      file: file.path,
      status: found === undefined ? "missing" : foundSha256 === file.sha256 ? "ok" : "mismatch",
      path: found?.path,
      origin: found?.origin,
      expectedSha256: file.sha256,
      foundSha256,
    });
  }
  return reports;
}

/** What to do so that every file of a card is whole; undefined where they are. */
export async function adviceOn(
  located: LocatedCard,
  reports: readonly FileReport[],
  context: ResolveContext = {},
): Promise<string | undefined> {
  const damaged = reports.find(({ status }) => status === "mismatch");
  if (damaged?.path !== undefined && damaged.origin !== undefined)
    return `${damaged.path}: ${adviceFor(damaged.origin)}`;
  const missing = reports.filter(({ status }) => status === "missing").map(({ file }) => file);
  if (missing.length === 0) return undefined;
  const canFetch = filesOf(located).every((file) => !missing.includes(file.path) || hasAddress(file));
  return canFetch ? `try: cellstate data fetch ${located.card.name}` : whereFrom(located, context);
}

/**
 * Makes every file of a card available, by download where it is nowhere else. A generated dataset has no files.
 *
 * @throws {DataError} as `resolveFile`
 */
export async function fetchDataset(located: LocatedCard, context: ResolveContext = {}): Promise<FileReport[]> {
  const reports: FileReport[] = [];
  for (const file of filesOf(located)) {
    if (!hasAddress(file) && (await findLocal(located, file, context)) === undefined) {
      throw new DatasetNotFoundError(await whereFrom(located, context)); // before anything is downloaded
    }
  }
  for (const file of filesOf(located)) {
    const { path, origin, sha256 } = await resolveFile(located, file, context);
    reports.push({ file: file.path, status: "ok", path, origin, expectedSha256: file.sha256, foundSha256: sha256 });
  }
  return reports;
}

function filesOf(located: LocatedCard) {
  return "files" in located.card ? located.card.files : [];
}
