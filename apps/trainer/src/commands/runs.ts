/** `cellstate runs`: lists the runs below `runs/` and shows one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isFolderLocked, isPlainMap } from "@cellstate/files";
import { RunFolderError } from "../errors.ts";
import { callerFolder } from "../paths.ts";
import { formatScore, formatTable } from "../progress/format.ts";
import { describeResult } from "../progress/result-table.ts";
import { readLock } from "../run/config-lock.ts";
import { findRun, listRuns, runPaths } from "../run/folder.ts";
import { type RunResult, readResult } from "../run/result.ts";

export function listRunsCommand(): void {
  const runs = resolve(callerFolder(), "runs");
  const names = listRuns(runs);
  if (names.length === 0) {
    process.stdout.write(`no runs under ${runs}; begin with: cellstate train --config sentiment.yaml\n`);
    return;
  }
  const rows = names.map((name) => {
    const folder = join(runs, name);
    try {
      return [name, ...describeRun(folder)];
    } catch (error) {
      return [name, "damaged", String(error instanceof Error ? error.message : error)];
    }
  });
  process.stdout.write(formatTable([["run", "state", "seed", "dev", "test"], ...rows]));
}

function describeRun(folder: string): string[] {
  const paths = runPaths(folder);
  const { seed } = readLock(paths.lock).config;
  const result = readResult(paths.result);
  if (result !== undefined) return ["finished", String(seed), bestScore(result, "dev"), bestScore(result, "test")];
  return [isFolderLocked(folder) ? "running" : "interrupted", String(seed), "-", "-"];
}

/** The first score of a split that is not its loss. */
function bestScore({ metrics }: RunResult, split: string): string {
  const scores = Object.entries(metrics[split] ?? {});
  const [name, value] = scores.find(([key, one]) => key !== "loss" && typeof one === "number") ?? [];
  return typeof value === "number" ? `${name} ${formatScore(String(name), value)}` : "-";
}

export function showRunCommand(name: string): void {
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
  if (result !== undefined) process.stdout.write(describeResult(result, run, existsSync(paths.report)));
  else if (isFolderLocked(run)) process.stdout.write("state       running\n");
  else process.stdout.write(`state       interrupted; go on with: cellstate train --resume ${run}\n`);
}
