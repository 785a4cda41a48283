/** Choices that name files: told from the config's folder in the lock and in all that is shown, and from the root where they are read. */
import { isPlainMap, type PlainMap } from "@cellstate/files";
import { valueAt } from "@cellstate/files/yaml";
import type { Task } from "@cellstate/tasks";
import { absolutePaths, pathKeysOf, relativePaths } from "../config/file-paths.ts";
import type { SweepSection } from "./section.ts";

/** The section with its paths from `folder`, however they are written. @param folder  that of the config */
export function portableChoices(section: SweepSection, folder: string, tasks: readonly Task[]): SweepSection {
  const keys = pathKeysOf(tasks);
  const portable = (config: PlainMap) => relativePaths(absolutePaths(config, folder, keys), folder, keys);
  const parameters = Object.entries(section.parameters).map(([key, parameter]) => {
    return [
      key,
      Array.isArray(parameter) ? parameter.map((value) => changeValue(key, value, portable)) : parameter,
    ] as const;
  });
  return { ...section, parameters: Object.fromEntries(parameters) };
}

/** A choice as it is read: from the root where it is a path. @param folder  that of the config */
export function absoluteChoice(key: string, value: unknown, folder: string, tasks: readonly Task[]): unknown {
  return changeValue(key, value, (config) => absolutePaths(config, folder, pathKeysOf(tasks)));
}

/** The value of a key after a change of the config that it stands in. */
function changeValue(key: string, value: unknown, change: (config: PlainMap) => PlainMap): unknown {
  const path = key.split(".");
  const config = path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  return isPlainMap(config) ? valueAt(change(config), path) : value;
}
