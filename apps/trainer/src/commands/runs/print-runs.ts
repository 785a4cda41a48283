/** The runs below `runs/`, with their state and their scores. */
import { join, resolve } from "node:path";
import { isFolderLocked } from "@cellstate/files";
import {
  type ModelConfig,
  type Plan,
  planOf,
  tasks as shippedTasks,
  type Task,
  UnknownTaskError,
} from "@cellstate/tasks";
import { asCaller, callerFolder } from "../../paths.ts";
import { readLock } from "../../run/config-lock.ts";
import { listRuns, runPaths } from "../../run/folder.ts";
import { type RunResult, readResult } from "../../run/result.ts";
import { formatScore, formatTable } from "../../terminal/format.ts";
import { print, printMessage } from "../../terminal/print.ts";
import { quote } from "../../terminal/shell.ts";

/** What `cellstate runs list` does. */
export async function printRuns(tasks: readonly Task[] = shippedTasks): Promise<void> {
  const runs = resolve(callerFolder(), "runs");
  const names = listRuns(runs);
  if (names.length === 0) {
    print(`no runs under ${runs}; begin with: cellstate train --config sentiment.yaml\n`);
    return;
  }
  const rows = await Promise.all(
    names.map(async (name) => {
      const folder = join(runs, name);
      try {
        return [name, ...(await describeRun(folder, tasks))];
      } catch (error) {
        const fault = error instanceof Error ? error.message : String(error);
        printMessage(`warning: ${fault}; see: cellstate verify ${quote(asCaller(folder))}\n`);
        return [name, "damaged", "-", "-", "-"];
      }
    }),
  );
  print(formatTable([["run", "state", "seed", "dev", "test"], ...rows]));
}

async function describeRun(folder: string, tasks: readonly Task[]): Promise<string[]> {
  const paths = runPaths(folder);
  const { config } = readLock(paths.lock);
  const seed = String(config.seed);
  const result = await readResult(paths.result);
  if (result === undefined) return [isFolderLocked(folder) ? "running" : "interrupted", seed, "-", "-"];
  const plan = knownPlan({ ...config, task: result.task }, tasks);
  const score = (split: string) => (plan === undefined ? "-" : mainScore(result, plan, split));
  return ["finished", seed, score("dev"), score("test")];
}

/** `undefined` for a run of a task that another program knows, and for one whose plugins are not loaded for a list. */
function knownPlan(config: ModelConfig, tasks: readonly Task[]): Plan | undefined {
  try {
    return planOf(config, tasks).plan;
  } catch (error) {
    if (error instanceof UnknownTaskError || config.plugins !== undefined) return undefined;
    throw error;
  }
}

/** The first score of a split that is not its loss. */
function mainScore({ metrics }: RunResult, plan: Plan, split: string): string {
  const metric = plan.metrics.find((one) => one !== plan.loss) ?? plan.loss;
  const value = metrics[split]?.[metric.name];
  return typeof value === "number" ? `${metric.name} ${formatScore(value, metric.unit)}` : "-";
}
