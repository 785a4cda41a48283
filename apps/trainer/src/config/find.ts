/** Finds the config that `--config` names: a path first, then a unique match among the configs that come with Cellstate. */
import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "@cellstate/files/yaml";
import glob from "fast-glob";
import { UsageError } from "../errors.ts";

/** @internal The folder of shipped configs, the same beside `src` and beside `dist`. */
export const SHIPPED_CONFIGS: string = fileURLToPath(new URL("../../configs", import.meta.url));

/**
 * The absolute path of a config.
 *
 * @param name    a path, or `sentiment`, `sentiment.yaml`, `folder/sentiment.yaml` below `configs`
 * @param folder  against which a path resolves
 * @throws {UsageError} if nothing or more than one file matches
 */
export function findConfig(name: string, folder: string, configs: string = SHIPPED_CONFIGS): string {
  const direct = resolve(folder, name);
  if (statSync(direct, { throwIfNoEntry: false })?.isFile()) return direct;

  const shipped = listConfigs(configs);
  const wanted = stem(name);
  const whole = shipped.filter((path) => stem(path) === wanted);
  const matches = whole.length > 0 ? whole : shipped.filter((path) => stem(basename(path)) === wanted);
  if (matches.length === 1) return join(configs, matches[0]!);
  if (matches.length > 1) {
    throw new UsageError(`--config ${name} could mean ${matches.join(" or ")} under ${configs}; give the longer name`);
  }
  const near = nearest(wanted, shipped.map(stem));
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  const list = shipped.map(stem).join(", ");
  throw new UsageError(
    `--config ${name}: no such file, and no config of that name.${hint} Configs that come along: ${list}`,
  );
}

/** @internal The shipped configs as paths below their folder, with forward slashes, sorted. */
export function listConfigs(configs: string = SHIPPED_CONFIGS): string[] {
  return glob.sync("**/*.{yaml,yml}", { cwd: configs }).sort();
}

function stem(path: string): string {
  return path.replace(/\.ya?ml$/, "");
}
