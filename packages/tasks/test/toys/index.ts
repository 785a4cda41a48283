/** The toys: each folder here is a task with an experiment and its data, which nothing outside the folder knows. For Node. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Task } from "@cellstate/tasks";

export interface Toy {
  readonly name: string;
  readonly task: Task;
  /** Path of its experiment. */
  readonly configFile: string;
  /** Path of its folder, which paths in the experiment are relative to. */
  readonly folder: string;
}

/** All toys, by name. */
export async function toys(): Promise<readonly Toy[]> {
  const here = new URL(".", import.meta.url);
  const entries = await readdir(here, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const url = new URL(`${name}/`, here);
      const folder = fileURLToPath(url);
      const { task } = (await import(new URL("task.ts", url).href)) as { readonly task: Task };
      return { name, task, configFile: join(folder, `${name}.yaml`), folder };
    }),
  );
}

/** Their tasks alone. */
export async function toyTasks(): Promise<readonly Task[]> {
  return (await toys()).map(({ task }) => task);
}
