/** The files of a plugin: the one that is named, and those that they import by relative paths, which decide a run's numbers as it does. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Where a file names another one: `import ... from "./a.ts"`, `export ... from`, `import("./a.ts")`, `new URL("./a.json", ...)`. */
const NAMED =
  /\b(?:import|export)\b[^"';]*?["'](\.{1,2}\/[^"'\n]+)["']|\b(?:import|require|new\s+URL)\s*\(\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** Files that can name others. */
const CODE = /\.[cm]?[jt]s$/;

/** The absolute paths of a plugin's files, the plugin itself first. What stands in a comment counts too: it changes nothing to hash more. */
export function pluginFiles(entry: string): readonly string[] {
  const found = new Set([entry]);
  for (const file of found) {
    if (!CODE.test(file)) continue;
    for (const [, imported, called] of readFileSync(file, "utf8").matchAll(NAMED)) {
      const path = resolve(dirname(file), (imported ?? called)!);
      if (statSync(path, { throwIfNoEntry: false })?.isFile()) found.add(path);
    }
  }
  return [...found];
}
