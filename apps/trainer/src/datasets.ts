/** Where datasets lie: the package of cards that comes along, and the folder that paths of the caller are relative to. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { LoadContext } from "@cellstate/data/node";
import { callerFolder } from "./paths.ts";

/** The folder of `@cellstate/datasets`, with a card at `<name>/dataset.yaml` for each dataset. */
export function datasetsFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("@cellstate/datasets/package.json"));
}

/** Where data files are looked for. */
export function dataContext(): LoadContext {
  return { configDir: callerFolder(), datasetsDir: datasetsFolder() };
}
