/** The config and the scores of one run. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { isFolderLocked, isPlainMap } from "@cellstate/files";
import { planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { asCaller, callerFolder } from "../../paths.ts";
import { type ConfigLock, lockedTasks, readLock } from "../../run/config-lock.ts";
import { findRunOrGroup, listRuns, runPaths } from "../../run/folder.ts";
import { readRunOrGroup } from "../../run/group-entry.ts";
import { type RunResult, readResult } from "../../run/result.ts";
import { readEntry } from "../../run/run-entry.ts";
import { readTags } from "../../run/tags.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import { describeResult } from "../../terminal/result-table.ts";
import { quote } from "../../terminal/shell.ts";
import { tableOf } from "./print-runs.ts";

/** What `cellstate runs show` does. */
export async function showRun(
  name: string,
  { json }: { readonly json?: true | undefined },
  tasks: readonly Task[] = shippedTasks,
): Promise<void> {
  const { folder: run, group } = findRunOrGroup(name, callerFolder(), "there is nothing more to show");
  if (group !== undefined) {
    await showGroup(run, json === true, tasks);
    return;
  }
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

/** All runs of a folder of several, under what they are together. */
async function showGroup(folder: string, json: boolean, tasks: readonly Task[]): Promise<void> {
  const { entry, plan } = await readRunOrGroup(asCaller(folder), folder, tasks);
  const runs = await Promise.all(listRuns(folder).map((run) => readEntry(run, join(folder, run), tasks)));
  if (json) printJson({ formatVersion: FORMAT_VERSION, ...entry, children: runs.map((run) => run.entry) });
  else print([tableOf([{ entry, plan }]), ...(runs.length === 0 ? [] : [tableOf(runs)])].join("\n"));
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
