/** The caller's folder, against which paths on the command line resolve. */
import { dirname, relative, resolve } from "node:path";

/**
 * The folder where the user typed the command.
 *
 * A package manager runs a script in the package's own folder and names the caller's in `INIT_CWD`. A program that
 * such a script starts elsewhere inherits the variable, but means its own folder.
 */
export function callerFolder(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): string {
  const initial = env.INIT_CWD;
  if (initial === undefined || initial === "") return cwd;
  const manifest = env.npm_package_json;
  const startedElsewhere = manifest !== undefined && manifest !== "" && dirname(resolve(manifest)) !== resolve(cwd);
  return startedElsewhere ? cwd : initial;
}

/** A path of the command line, absolute. */
export function fromCaller(path: string): string {
  return resolve(callerFolder(), path);
}

/** A folder as the caller would type it. */
export function asCaller(folder: string): string {
  const short = relative(callerFolder(), folder);
  return short === "" || short.startsWith("..") ? folder : short;
}
