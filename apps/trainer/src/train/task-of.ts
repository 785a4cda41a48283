/** The task of an experiment and the sections that belong to it. */
import { type AnyTask, tasks } from "@cellstate/tasks";
import { UsageError } from "../errors.ts";

/** A task together with its own checked sections of the config. */
export interface TaskWithConfig {
  readonly task: AnyTask;
  readonly config: unknown;
}

/**
 * Picks the task that `values.task` names and the values of its sections.
 *
 * @throws {UsageError} if there is no such task
 */
export function taskOf(values: Readonly<Record<string, unknown>>): TaskWithConfig {
  const task = tasks.find(({ name }) => name === values.task);
  if (task === undefined) {
    const known = tasks.map(({ name }) => name).join(", ");
    throw new UsageError(`unknown task ${JSON.stringify(values.task)}; this Cellstate knows ${known}`);
  }
  const keys = Object.keys(task.configSchema.shape);
  const sections = Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
  return { task, config: task.configSchema.parse(sections) };
}
