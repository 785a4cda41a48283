/** Where data files may lie outside the project: the mirror that the user names and the user's cache. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder named by `CELLSTATE_DATASETS` (relative to the caller's folder), or undefined. */
export function mirrorFolder(env: Environment): string | undefined {
  const named = env.CELLSTATE_DATASETS;
  return named === undefined || named === "" ? undefined : resolve(env.INIT_CWD ?? ".", named);
}

/** The folder of downloaded files: `$XDG_CACHE_HOME/cellstate`, `~/.cache/cellstate`, or `%LOCALAPPDATA%\cellstate`. */
export function cacheFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const xdg = env.XDG_CACHE_HOME;
  if (xdg !== undefined && xdg !== "") return join(xdg, "cellstate");
  const local = env.LOCALAPPDATA;
  if (platform === "win32" && local !== undefined && local !== "") return join(local, "cellstate");
  return join(env.HOME || homedir(), ".cache", "cellstate");
}
