/** Before the page opens: trains models in a process of its own and hands the page their files. */
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { cellstate } from "../test/cellstate.ts";
import type { Trained } from "./train-models.ts";

declare module "vitest" {
  export interface ProvidedContext extends Trained {}
}

export default async function setup(project: TestProject): Promise<void> {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { code, stdout, stderr } = await cellstate([], { cwd, program: `${cwd}train-models.ts` });
  if (code !== 0) throw new Error(stderr);
  const { models, pages, classifierPage } = JSON.parse(stdout) as Trained;
  project.provide("models", models);
  project.provide("pages", pages);
  project.provide("classifierPage", classifierPage);
}
