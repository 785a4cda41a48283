/** Deletes runs, after a question that says how much goes. */
import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { type FolderLock, lockFolder } from "@cellstate/files";
import { UsageError } from "../../errors.ts";
import { asCaller, callerFolder } from "../../paths.ts";
import { findRunOrGroup, GROUP_FILES, groupKind, listRuns } from "../../run/folder.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { formatWhole } from "../../terminal/format.ts";
import { print, printJson, printMessage } from "../../terminal/print.ts";
import type { DeleteOptions } from "../runs.ts";

/**
 * What `cellstate runs delete` does.
 *
 * @throws {RunFolderError} if one of the names is no run; then none is deleted
 * @throws {FolderInUseError} if one is being trained; then none is deleted
 */
export async function deleteRuns(names: readonly string[], { yes, json }: DeleteOptions): Promise<void> {
  if (json === true && yes !== true) throw new UsageError("--json answers no question; give --yes with it");
  const folders = [...new Set(names.map(folderOf))];
  // Held until all are gone, so that none begins to train meanwhile; runs in a folder of several may train by themselves.
  const locks: FolderLock[] = [];
  try {
    for (const folder of folders.flatMap(withRunsIn)) locks.push(lockFolder(folder));
    if (yes !== true && !(await confirm(folders))) {
      print("nothing was deleted\n");
      return;
    }
    for (const folder of folders) deleteFolder(folder);
  } finally {
    for (const lock of locks) lock.release();
  }
  const deleted = folders.map(asCaller);
  if (json === true) printJson({ formatVersion: FORMAT_VERSION, deleted });
  else print(deleted.map((folder) => `deleted ${folder}\n`).join(""));
}

function folderOf(name: string): string {
  return findRunOrGroup(name, callerFolder(), "remove it by hand").folder;
}

/** A folder, and those of the runs in it where it holds several. */
function withRunsIn(folder: string): readonly string[] {
  return [folder, ...runsIn(folder).map((run) => join(folder, run))];
}

function runsIn(folder: string): readonly string[] {
  return groupKind(folder) === undefined ? [] : listRuns(folder);
}

async function confirm(folders: readonly string[]): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    throw new UsageError("runs delete asks before it deletes, and there is no terminal to ask on; give --yes");
  }
  for (const folder of folders) {
    const kind = groupKind(folder);
    const group = kind === undefined ? "" : `${kind}, ${runsIn(folder).length} runs  `;
    printMessage(`  ${asCaller(folder)}  ${group}${formatWhole(sizeOf(folder))} bytes\n`);
  }
  const count = folders.reduce((sum, folder) => sum + Math.max(1, runsIn(folder).length), 0);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`delete ${count === 1 ? "this run" : `these ${count} runs`}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}

/** Bytes of all files below a folder; links count as what they are. */
function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce(
    (sum, entry) => sum + (entry.isFile() ? lstatSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );
}

/** The lock goes last, so that a folder of which only a part is gone still is a run that can be deleted. */
function deleteFolder(folder: string): void {
  const last = ["config.lock.json", ...Object.values(GROUP_FILES), "run.lock"];
  const others = readdirSync(folder).filter((name) => !last.includes(name));
  for (const name of [...others, ...last]) rmSync(join(folder, name), { recursive: true, force: true });
  try {
    rmdirSync(folder);
  } catch {
    // It is a mount point or a link, which is empty now.
  }
}
