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

  const shipped = findShipped(name, configs);
  if (shipped.path !== undefined) return shipped.path;
  throw new UsageError(`--config ${name}: no such file; ${shipped.fault}`);
}

/** A config that comes along, or why there is none to take. */
export type ShippedConfig = { readonly path: string } | { readonly path?: undefined; readonly fault: string };

/** The config of that name, unless none or several match. */
export function findShipped(name: string, configs: string = SHIPPED_CONFIGS): ShippedConfig {
  const shipped = listConfigs(configs);
  const wanted = stem(name);
  const whole = shipped.filter((path) => stem(path) === wanted);
  const matches = whole.length > 0 ? whole : shipped.filter((path) => stem(basename(path)) === wanted);
  if (matches.length === 1) return { path: join(configs, matches[0]!) };
  if (matches.length > 1)
    return { fault: `it could mean ${matches.join(" or ")} under ${configs}; give the longer name` };
  const near = nearest(wanted, shipped.map(stem));
  const hint = near === undefined ? "" : `. Did you mean ${near}?`;
  return { fault: `configs that come along: ${shipped.map(stem).join(", ")}${hint}` };
}

/** @internal The shipped configs as paths below their folder, with forward slashes, sorted. */
export function listConfigs(configs: string = SHIPPED_CONFIGS): string[] {
  return glob.sync("**/*.{yaml,yml}", { cwd: configs }).sort();
}

function stem(path: string): string {
  return path.replace(/\.ya?ml$/, "");
}
