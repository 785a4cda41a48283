/** Executors of this machine: worker processes, or what a user's shell line makes of each run. */
import { availableParallelism } from "node:os";
import { ConfigError } from "@cellstate/files";
import { UsageError } from "../../errors.ts";
import { quote } from "../../terminal/shell.ts";
import type { SweepPlan } from "../sweep-plan.ts";
import { type Executor, type ExecutorContext, shellLine, taskCommand } from "./executor.ts";
import { processPool } from "./process-pool.ts";

/**
 * Threads of each worker, so that all of them together are no more than the cores.
 *
 * @throws {UsageError} if they would be
 */
export function workerThreads(workers: number, asked: number | undefined, cores = availableParallelism()): number {
  const threads = asked ?? Math.max(1, Math.floor(cores / workers));
  if (workers * threads <= cores) return threads;
  const product = threads === 1 ? `--workers ${workers}` : `--workers ${workers} with ${threads} threads each`;
  throw new UsageError(`${product}: there are ${cores} cores; together they may use no more, or all become slower`);
}

/** Worker processes on this machine. */
export function localExecutor(context: ExecutorContext, threads: number): Executor {
  return processPool(context, threads, (batch, index) => {
    const [command, ...args] = taskCommand(context.paths, batch, index);
    return { command: command!, args, ipc: true };
  });
}

/** The config's `sweep.command`. @throws {ConfigError} if it is missing */
export function commandTemplate({ section, name }: SweepPlan): string {
  if (section.command !== undefined) return section.command;
  const message = "is missing, and --executor command needs it, such as command: ssh node1 {command}";
  throw new ConfigError([{ where: name, path: "sweep.command", message }]);
}

/**
 * What the config's `sweep.command` makes of each run.
 *
 * @throws {ConfigError} if the config does not say it
 */
export function commandExecutor(context: ExecutorContext, threads: number): Executor {
  const template = commandTemplate(context.plan);
  return processPool(context, threads, (batch, index) => {
    const words: Readonly<Record<string, string>> = {
      command: shellLine(taskCommand(context.paths, batch, index)),
      run: quote(batch.runs[index]!.run),
      threads: String(threads),
    };
    const line = template.replace(/\{(command|run|threads)\}/g, (_, name: string) => words[name]!);
    return { command: "/bin/sh", args: ["-c", line] };
  });
}
