/** The tags of a run: given, taken away, shown. */
import { asCaller, callerFolder } from "../../paths.ts";
import { findRunOrGroup, runPaths } from "../../run/folder.ts";
import { changeTags, checkTag, readTags } from "../../run/tags.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { TagOptions } from "../runs.ts";

/** What `cellstate runs tag` does. */
export function tagRun(name: string, add: readonly string[], { remove, json }: TagOptions): void {
  for (const tag of [...add, ...remove]) checkTag(tag);
  const { folder: run } = findRunOrGroup(name, callerFolder(), "only runs have tags");
  const paths = runPaths(run);
  const tags = add.length + remove.length === 0 ? readTags(paths) : changeTags(paths, { add, remove });
  if (json === true) printJson({ formatVersion: FORMAT_VERSION, run: asCaller(run), tags });
  else print(`${asCaller(run)}: ${tags.join(", ") || "no tags"}\n`);
}
