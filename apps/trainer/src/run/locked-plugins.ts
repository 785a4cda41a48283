/** The plugins that a lock names: loaded again, and compared with those that it was made with. */
import type { Task } from "@cellstate/tasks";
import { PluginChangedError, RunFolderError } from "../errors.ts";
import { loadPlugins } from "../plugins/load-plugins.ts";

/** What a lock says of its plugins. */
export interface LockedPlugins {
  /** The lock's file, for messages. */
  readonly path: string;
  /** What was locked, and how it is had again without its plugins of then. */
  readonly of: "run" | "sweep";
  /** As the config names them. */
  readonly names: unknown;
  /** The folder that their paths are from. */
  readonly folder: string;
  /** SHA-256 of their files. */
  readonly hashes: Readonly<Record<string, string>> | undefined;
}

/** What plugins bring now, and which of their files are no longer those of the lock. */
export interface FoundPlugins {
  /** The tasks that there are, with what the plugins add. */
  readonly tasks: readonly Task[];
  readonly changed: readonly string[];
}

/** @throws {RunFolderError} if one is missing or cannot be loaded */
export async function findLockedPlugins(
  { path, of, names, folder, hashes: before = {} }: LockedPlugins,
  known: readonly Task[],
): Promise<FoundPlugins> {
  if (!Array.isArray(names) || names.length === 0) return { tasks: known, changed: [] };
  const requests = names.map((name) => ({
    name: String(name),
    folder,
    refuse(message: string): never {
      throw new RunFolderError(`${path}: the ${of} needs the plugin ${String(name)}: ${message}`);
    },
  }));
  const { tasks, hashes: now } = await loadPlugins(requests, known, folder);
  const files = new Set([...Object.keys(before), ...Object.keys(now)]);
  return { tasks, changed: [...files].filter((file) => before[file] !== now[file]) };
}

/**
 * The tasks that there are with the plugins of a lock.
 *
 * @throws {RunFolderError} if one is missing or cannot be loaded
 * @throws {PluginChangedError} if a file of one is not as it was
 */
export async function lockedPluginTasks(locked: LockedPlugins, known: readonly Task[]): Promise<readonly Task[]> {
  const { tasks, changed } = await findLockedPlugins(locked, known);
  if (changed.length > 0) throw new PluginChangedError(locked.path, locked.of, changed);
  return tasks;
}
