/** What git says of the folder of an experiment. */
import { spawnSync } from "node:child_process";

export interface GitState {
  /** The commit that is checked out, in hexadecimal. */
  readonly commit: string;
  /** Whether a file that git follows differs from it. */
  readonly dirty: boolean;
}

/** Milliseconds that git may take; a run does not wait for a slow disk. */
const LIMIT_MS = 5000;

/** The state of the repository that holds a folder; undefined without git, without a repository, or before its first commit. */
export function gitState(folder: string): GitState | undefined {
  const commit = git(folder, ["rev-parse", "--verify", "HEAD"]);
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit.trim())) return undefined;
  const changes = git(folder, ["status", "--porcelain", "--untracked-files=no"]);
  return changes === undefined ? undefined : { commit: commit.trim(), dirty: changes !== "" };
}

/** What git prints; undefined if it fails. It runs no program that the repository names. */
function git(folder: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", ["-c", "core.fsmonitor=false", "-C", folder, ...args], {
    encoding: "utf8",
    timeout: LIMIT_MS,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" },
  });
  return status === 0 ? stdout : undefined;
}
