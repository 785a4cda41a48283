/** `cellstate runs`: lists the runs below `runs/` and shows one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isFolderLocked, isPlainMap } from "@cellstate/files";
import { type Plan, planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { RunFolderError } from "../errors.ts";
import { callerFolder } from "../paths.ts";
import { readLock } from "../run/config-lock.ts";
import { findRun, listRuns, runPaths } from "../run/folder.ts";
import { type RunResult, readResult } from "../run/result.ts";
import { formatScore, formatTable } from "../terminal/format.ts";
import { describeResult } from "../terminal/result-table.ts";

export function listRunsCommand(tasks: readonly Task[] = shippedTasks): void {
  const runs = resolve(callerFolder(), "runs");
  const names = listRuns(runs);
  if (names.length === 0) {
    process.stdout.write(`no runs under ${runs}; begin with: cellstate train --config sentiment.yaml\n`);
    return;
  }
  const rows = names.map((name) => {
    const folder = join(runs, name);
    try {
      return [name, ...describeRun(folder, tasks)];
    } catch (error) {
      return [name, "damaged", String(error instanceof Error ? error.message : error)];
    }
  });
  process.stdout.write(formatTable([["run", "state", "seed", "dev", "test"], ...rows]));
}

function describeRun(folder: string, tasks: readonly Task[]): string[] {
  const paths = runPaths(folder);
  const { config } = readLock(paths.lock);
  const seed = String(config.seed);
  const result = readResult(paths.result);
  if (result === undefined) return [isFolderLocked(folder) ? "running" : "interrupted", seed, "-", "-"];
  const { plan } = planOf({ ...config, task: result.task }, tasks);
  return ["finished", seed, mainScore(result, plan, "dev"), mainScore(result, plan, "test")];
}

/** The first score of a split that is not its loss. */
function mainScore({ metrics }: RunResult, plan: Plan, split: string): string {
  const metric = plan.metrics.find((one) => one !== plan.loss) ?? plan.loss;
  const value = metrics[split]?.[metric.name];
  return typeof value === "number" ? `${metric.name} ${formatScore(value, metric.unit)}` : "-";
}

export function showRunCommand(name: string, tasks: readonly Task[] = shippedTasks): void {
  const { run } = findRun(name, callerFolder());
  if (run === undefined)
    throw new RunFolderError(`${name} is a saved model without its run; there is nothing more to show`);
  const paths = runPaths(run);
  const lock = readLock(paths.lock);
  const result = readResult(paths.result);
  const { seed, task, data } = lock.config;
  const rows = [
    ["run", basename(run)],
    ["task", `${task}`],
    ["data", isPlainMap(data) ? String(data.dataset ?? data.train) : "-"],
    ["seed", `${seed}`],
    ["backend", `${lock.backend ?? lock.options.backend}, ${lock.threads ?? "?"} threads`],
    ["cellstate", `${lock.cellstate}, Node ${lock.node}, Unicode ${lock.unicode}`],
    ["command", lock.options.command],
    ["checkpoints", existsSync(paths.checkpoints) ? readdirSync(paths.checkpoints).sort().join(", ") || "-" : "-"],
  ];
  process.stdout.write(rows.map(([key, value]) => `${key!.padEnd(12)}${value}\n`).join(""));
  process.stdout.write(`\n${readFileSync(paths.config, "utf8").trimEnd()}\n\n`);
  if (result !== undefined) {
    const planned = planOf({ ...lock.config, task: result.task }, tasks);
    const shown = { ...planned, folder: run, hasReport: existsSync(paths.report) };
    process.stdout.write(describeResult(result, shown));
  } else if (isFolderLocked(run)) process.stdout.write("state       running\n");
  else process.stdout.write(`state       interrupted; go on with: cellstate train --resume ${run}\n`);
}
