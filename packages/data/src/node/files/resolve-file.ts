/** Finds a file of a card: in the mirror, beside the card, in the cache, or by download; always checked by sha256. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CardFile } from "../../config.ts";
import { ChecksumError, DatasetNotFoundError } from "../../errors.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { type DownloadOptions, download } from "./download.ts";
import { cacheFolder, type Environment, mirrorFolder } from "./folders.ts";
import { hashFile } from "./hash.ts";

/** Where files are looked for. */
export interface ResolveContext extends DownloadOptions {
  /** Holds `CELLSTATE_DATASETS`, `XDG_CACHE_HOME` and so on. Default `process.env`. */
  readonly env?: Environment | undefined;
}

/** Where a file was found: in the user's mirror, beside the card, in the cache, or downloaded just now. */
export type FileOrigin = "mirror" | "bundled" | "cache" | "download";

/** A file that is there and has the right sha256. */
export interface ResolvedFile {
  readonly path: string;
  readonly origin: FileOrigin;
  readonly sha256: string;
}

/**
 * The local path of a card's file, downloaded if need be.
 *
 * @throws {ChecksumError} if the file that is found has another sha256
 * @throws {DatasetNotFoundError} if it is nowhere and the card has no url
 * @throws {DownloadError} if the download fails
 */
export async function resolveFile(
  located: LocatedCard,
  file: CardFile,
  context: ResolveContext = {},
): Promise<ResolvedFile> {
  const found = await findLocal(located, file, context);
  if (found !== undefined) {
    const sha256 = await hashFile(found.path);
    if (sha256 !== file.sha256) throw new ChecksumError(found.path, file.sha256, sha256, adviceFor(found.origin));
    return { ...found, sha256 };
  }
  if (file.url === undefined) throw notFound(located, file, context);
  const path = cachePath(located, file, context);
  await download(file.url, path, file, context);
  return { path, origin: "download", sha256: file.sha256 };
}

/** The first place that has the file, without a look at its bytes; undefined if none has. */
export async function findLocal(
  located: LocatedCard,
  file: CardFile,
  context: ResolveContext,
): Promise<{ readonly path: string; readonly origin: FileOrigin } | undefined> {
  const mirror = mirrorFolder(context.env ?? process.env);
  const places: { readonly path: string; readonly origin: FileOrigin }[] = [
    ...(mirror === undefined ? [] : [{ path: join(mirror, located.card.name, file.path), origin: "mirror" as const }]),
    { path: join(located.folder, file.path), origin: "bundled" },
    { path: cachePath(located, file, context), origin: "cache" },
  ];
  for (const place of places) if (await isFile(place.path)) return place;
  return undefined;
}

function cachePath(located: LocatedCard, file: CardFile, context: ResolveContext): string {
  return join(cacheFolder(context.env ?? process.env), "datasets", located.card.name, file.path);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

function adviceFor(origin: FileOrigin): string {
  switch (origin) {
    case "mirror":
      return "replace the file in the folder that CELLSTATE_DATASETS names, or unset the variable";
    case "bundled":
      return "restore the file, or correct its sha256 in the card if you changed it on purpose";
    case "cache":
    case "download":
      return "delete the file to fetch it again";
    default:
      return origin satisfies never;
  }
}

function notFound(located: LocatedCard, file: CardFile, context: ResolveContext): DatasetNotFoundError {
  const { card } = located;
  const mirror = mirrorFolder(context.env ?? process.env);
  const wanted = `<folder>/${card.name}/${file.path}`;
  const looked =
    mirror === undefined
      ? "CELLSTATE_DATASETS is not set"
      : `${join(mirror, card.name, file.path)} does not exist (CELLSTATE_DATASETS is ${mirror})`;
  return new DatasetNotFoundError(
    `${card.name}: the file ${file.path} was not found and its card has no download address: ${looked}; get it from ${card.source.trim()} as ${wanted} with sha256 ${file.sha256}, and set CELLSTATE_DATASETS to that folder`,
  );
}
