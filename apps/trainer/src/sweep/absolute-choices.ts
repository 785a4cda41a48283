/** Choices that name files: told from the root, so that a point's config may lie anywhere. */
import { isPlainMap } from "@cellstate/files";
import { valueAt } from "@cellstate/files/yaml";
import type { Task } from "@cellstate/tasks";
import { absolutePaths, pathKeysOf } from "../config/file-paths.ts";
import type { SweepSection } from "./section.ts";

/** The section with its paths from the root. @param folder  against which they resolve, as other paths of the config do */
export function withAbsoluteChoices(section: SweepSection, folder: string, tasks: readonly Task[]): SweepSection {
  const keys = pathKeysOf(tasks);
  const absolute = (key: string, value: unknown): unknown => {
    const path = key.split(".");
    const config = path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
    return isPlainMap(config) ? valueAt(absolutePaths(config, folder, keys), path) : value;
  };
  const parameters = Object.entries(section.parameters).map(([key, parameter]) => {
    return [key, Array.isArray(parameter) ? parameter.map((value) => absolute(key, value)) : parameter] as const;
  });
  return { ...section, parameters: Object.fromEntries(parameters) };
}
