/** Finds a file of a card: in the mirror, beside the card, in the cache, or by download; always checked by sha256. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CardFile } from "../../config.ts";
import { ChecksumError, DatasetNotFoundError } from "../../errors.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { convert } from "./convert.ts";
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
 * @throws {DatasetNotFoundError} if it is nowhere and the card has no address for it
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
  const path = cachePath(located, file, context);
  if (file.url !== undefined) {
    await download(file.url, path, file, context);
  } else if (file.upstream !== undefined) {
    const original = `${path}.original`;
    await download(file.upstream.url, original, file.upstream, context);
    await convert(original, file, file.upstream, path);
  } else throw new DatasetNotFoundError(await whereFrom(located, context));
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
    ...(mirror === undefined
      ? []
      : [{ path: join(mirror, mirroredName(located), file.path), origin: "mirror" as const }]),
    { path: join(located.folder, file.path), origin: "bundled" },
    { path: cachePath(located, file, context), origin: "cache" },
  ];
  for (const place of places) if (await isFile(place.path)) return place;
  return undefined;
}

/** The folder of a card's files below a mirror. */
function mirroredName({ card }: LocatedCard): string {
  return card.mirror ?? card.name;
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

/** What to do about a file with a wrong sha256. */
export function adviceFor(origin: FileOrigin): string {
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

/** Whether a file can be downloaded. */
export function hasAddress({ url, upstream }: CardFile): boolean {
  return url !== undefined || upstream !== undefined;
}

/** Where all files come from that are nowhere and cannot be downloaded, and where to put them. */
export async function whereFrom(located: LocatedCard, context: ResolveContext): Promise<string> {
  const { card } = located;
  const missing: CardFile[] = [];
  for (const file of "files" in card ? card.files : []) {
    if (!hasAddress(file) && (await findLocal(located, file, context)) === undefined) missing.push(file);
  }
  const mirror = mirrorFolder(context.env ?? process.env);
  const [state, folder] =
    mirror === undefined ? ["CELLSTATE_DATASETS is not set", "<folder>"] : [`CELLSTATE_DATASETS is ${mirror}`, mirror];
  const places = missing
    .map(({ path, sha256 }) => `${join(folder, mirroredName(located), path)} (sha256 ${sha256})`)
    .join(", ");
  const advice = mirror === undefined ? `, and set CELLSTATE_DATASETS to <folder>` : "";
  return (
    `${card.name}: ${missing.map(({ path }) => path).join(", ")} not found, and the card has no address to download from; ` +
    `${state}; the data come from ${card.source.trim()}: put them at ${places}${advice}`
  );
}
