/** Before the page opens: trains models in a process of its own and hands the page their files. */
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { cellstate } from "../test/cellstate.ts";
import type { TrainedModel } from "./train-models.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly models: readonly TrainedModel[];
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { code, stdout, stderr } = await cellstate([], { cwd, program: `${cwd}train-models.ts` });
  if (code !== 0) throw new Error(stderr);
  project.provide("models", JSON.parse(stdout) as readonly TrainedModel[]);
}
