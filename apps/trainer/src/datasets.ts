/** Where datasets lie: the cards that come along, and the folder that paths of the caller are relative to. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LoadContext } from "@cellstate/data/node";
import { callerFolder } from "./paths.ts";

/** Where cards lie: beside the package where it is installed, at the root of the workspace otherwise. */
export function datasetsFolder(): string {
  const beside = fileURLToPath(new URL("../datasets", import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL("../../../datasets", import.meta.url));
}

/** Where data files are looked for. */
export function dataContext(): LoadContext {
  return { configDir: callerFolder(), datasetsDir: datasetsFolder() };
}
