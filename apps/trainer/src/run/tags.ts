/** `tags.json`: words that somebody gave to a run, beside the files that its manifest seals. */
import { existsSync } from "node:fs";
import { writeJsonAtomic } from "@cellstate/files";
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { RunPaths } from "./folder.ts";
import { FORMAT_VERSION, readVersioned } from "./versioned.ts";

const TAG = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
const tagsFile = z.looseObject({ formatVersion: z.literal(FORMAT_VERSION), tags: z.array(z.string()) });

/** The tags of a run, sorted. @throws {RunFileError} if the file is damaged or newer than this code */
export function readTags({ tags }: Pick<RunPaths, "tags">): readonly string[] {
  return existsSync(tags) ? readVersioned(tags, tagsFile).tags : [];
}

/** @throws {UsageError} unless the word may be a tag */
export function checkTag(tag: string): void {
  if (TAG.test(tag)) return;
  throw new UsageError(
    `a tag is made of letters, digits, \`.\`, \`_\` and \`-\`, at most 64, got ${JSON.stringify(tag)}`,
  );
}

/** Gives tags to a run and takes others away; returns those that it then has. */
export function changeTags(
  paths: Pick<RunPaths, "tags">,
  { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
): readonly string[] {
  const kept = [...readTags(paths), ...add].filter((tag) => !remove.includes(tag));
  const tags = [...new Set(kept)].sort();
  writeJsonAtomic(paths.tags, { formatVersion: FORMAT_VERSION, tags });
  return tags;
}
