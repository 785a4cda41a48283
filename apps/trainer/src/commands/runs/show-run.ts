/** The config and the scores of one run. */
import { existsSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { isFolderLocked, isPlainMap } from "@cellstate/files";
import { planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { RunFolderError } from "../../errors.ts";
import { asCaller, callerFolder } from "../../paths.ts";
import { type ConfigLock, lockedTasks, readLock } from "../../run/config-lock.ts";
import { findRun, runPaths } from "../../run/folder.ts";
import { type RunResult, readResult } from "../../run/result.ts";
import { readEntry } from "../../run/run-entry.ts";
import { readTags } from "../../run/tags.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import { describeResult } from "../../terminal/result-table.ts";
import { quote } from "../../terminal/shell.ts";

/** What `cellstate runs show` does. */
export async function showRun(
  name: string,
  { json }: { readonly json?: true | undefined },
  tasks: readonly Task[] = shippedTasks,
): Promise<void> {
  const { run } = findRun(name, callerFolder());
  if (run === undefined)
    throw new RunFolderError(`${name} is a saved model without its run; there is nothing more to show`);
  const paths = runPaths(run);
  if (json === true) {
    const { entry } = await readEntry(asCaller(run), run, tasks);
    printJson({ formatVersion: FORMAT_VERSION, ...entry, command: readLock(paths.lock).options.command });
    return;
  }
  const lock = readLock(paths.lock);
  const result = await readResult(paths.result);
  const { seed, task, data } = lock.config;
  const rows = [
    ["run", basename(run)],
    ["task", `${task}`],
    ["data", isPlainMap(data) ? namesIn(data.dataset ?? data.train).join(", ") : "-"],
    ["seed", `${seed}`],
    ["backend", `${lock.backend ?? lock.options.backend}, ${lock.threads ?? "?"} threads`],
    ["cellstate", `${lock.cellstate}, Node ${lock.node}, Unicode ${lock.unicode}`],
    ["command", lock.options.command],
    ["tags", readTags(paths).join(", ") || "-"],
    ["checkpoints", existsSync(paths.checkpoints) ? readdirSync(paths.checkpoints).sort().join(", ") || "-" : "-"],
  ];
  const facts = rows.map(([key, value]) => `${key!.padEnd(12)}${value}\n`).join("");
  const ending = result === undefined ? stateOf(run) : await resultOf(result, run, lock, tasks);
  print(`${facts}\n${lock.configText.trimEnd()}\n\n${ending}`);
}

function stateOf(run: string): string {
  const state = isFolderLocked(run) ? "running" : `interrupted; go on with: cellstate train --resume ${quote(run)}`;
  return `state       ${state}\n`;
}

async function resultOf(result: RunResult, run: string, lock: ConfigLock, known: readonly Task[]): Promise<string> {
  const tasks = await lockedTasks(runPaths(run).lock, lock, known);
  const planned = planOf({ ...lock.config, task: result.task }, tasks);
  return describeResult(result, { ...planned, folder: run, hasReport: existsSync(runPaths(run).report) });
}

/** The texts of a value of a config: one, or those in a list or map of files. */
function namesIn(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(namesIn);
  return value === undefined ? [] : [String(value)];
}
