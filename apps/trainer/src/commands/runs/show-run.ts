/** The config and the scores of one run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { isFolderLocked, isPlainMap } from "@cellstate/files";
import { planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { RunFolderError } from "../../errors.ts";
import { callerFolder } from "../../paths.ts";
import { readLock } from "../../run/config-lock.ts";
import { findRun, runPaths } from "../../run/folder.ts";
import { readResult } from "../../run/result.ts";
import { describeResult } from "../../terminal/result-table.ts";

/** What `cellstate runs show` does. */
export function showRun(name: string, tasks: readonly Task[] = shippedTasks): void {
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
