/** Compares the plugins of now with those that a run began with. */
import type { Task } from "@cellstate/tasks";
import { type ConfigLock, pluginsOfRun } from "../../run/config-lock.ts";
import { findLockedPlugins } from "../../run/locked-plugins.ts";
import { Difference } from "./difference.ts";

/**
 * Other code may compute anything, so nothing has to be trained to know it.
 *
 * @param path  of the lock
 * @throws {Difference} naming the files that are not as they were
 * @throws {RunFolderError} if a plugin is missing or cannot be loaded
 */
export async function requireSamePlugins(path: string, lock: ConfigLock, known: readonly Task[]): Promise<void> {
  const { changed } = await findLockedPlugins(pluginsOfRun(path, lock), known);
  if (changed.length > 0) throw new Difference(`plugin ${changed.join(", ")} changed since the run`);
}
