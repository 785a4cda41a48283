/** The runs below `runs/` that are asked for, with their state and their scores. */
import { join, resolve } from "node:path";
import { nearest } from "@cellstate/files/yaml";
import { type Plan, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { UsageError } from "../../errors.ts";
import { asCaller, callerFolder } from "../../paths.ts";
import { FOLD_SPLIT, groupKind, listRuns } from "../../run/folder.ts";
import { readRunOrGroup } from "../../run/group-entry.ts";
import type { ListedRun, RunEntry } from "../../run/run-entry.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { formatScore, formatTable } from "../../terminal/format.ts";
import { print, printJson, printMessage } from "../../terminal/print.ts";
import { quote } from "../../terminal/shell.ts";
import type { ListOptions } from "../runs.ts";
import { holds, parseCondition, requireKey, sortRuns, valueAt } from "./query.ts";

/** A run in the list: what is known of it, or nothing but its name where it is damaged. */
type Row = { readonly name: string; readonly listed: ListedRun | undefined };

/** What `cellstate runs list` does. */
export async function printRuns(options: ListOptions, tasks: readonly Task[] = shippedTasks): Promise<void> {
  const runs = resolve(callerFolder(), "runs");
  const conditions = options.where.map(parseCondition);
  const names = listRuns(runs, { folded: options.all !== true });
  const rows = await Promise.all(names.map((name) => readRow(name, join(runs, name), tasks)));
  const whole = rows.flatMap(({ listed }) => (listed === undefined ? [] : [listed]));
  if (options.task !== undefined) requireTask(options.task, whole, tasks);
  for (const { key } of conditions) requireKey(`--where ${key}`, key, whole);
  if (options.sort !== undefined) requireKey(`--sort ${options.sort}`, options.sort, whole);
  const isAsked = ({ entry }: ListedRun) =>
    (options.task === undefined || entry.task === options.task) &&
    options.tag.every((tag) => entry.tags.includes(tag)) &&
    conditions.every((condition) => holds(condition, entry));
  const asked = whole.filter(isAsked);
  const chosen = options.sort === undefined ? asked : sortRuns(asked, options.sort, options.reverse === true);
  if (options.sort === undefined && options.reverse === true) chosen.reverse();
  if (options.json === true) {
    printJson({ formatVersion: FORMAT_VERSION, runs: chosen.map(({ entry }) => entry) });
    return;
  }
  if (rows.length === 0) {
    print(`no runs under ${runs}; begin with: cellstate train --config sentiment.yaml\n`);
    return;
  }
  const isFiltered = options.task !== undefined || options.tag.length > 0 || conditions.length > 0;
  const damaged = isFiltered ? [] : rows.filter(({ listed }) => listed === undefined);
  if (chosen.length + damaged.length === 0) print(`none of ${rows.length} runs under ${runs} is as asked for\n`);
  else
    print(
      tableOf(chosen, damaged, [...conditions.map(({ key }) => key), ...((options.sort ?? "") ? [options.sort!] : [])]),
    );
}

async function readRow(name: string, folder: string, tasks: readonly Task[]): Promise<Row> {
  try {
    return { name, listed: await readRunOrGroup(name, folder, tasks) };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    const advice = groupKind(folder) === undefined ? `; see: cellstate verify ${quote(asCaller(folder))}` : "";
    printMessage(`warning: ${fault}${advice}\n`);
    return { name, listed: undefined };
  }
}

function requireTask(name: string, runs: readonly ListedRun[], tasks: readonly Task[]): void {
  const known = [...new Set([...tasks.map((task) => task.name), ...runs.map(({ entry }) => String(entry.task))])];
  if (known.includes(name)) return;
  const near = nearest(name, known);
  throw new UsageError(`--task ${name}: there is no such task${near === undefined ? "" : `; did you mean ${near}?`}`);
}

/** @param keys  of which each has a column, unless the table has it already */
export function tableOf(
  chosen: readonly ListedRun[],
  damaged: readonly Row[] = [],
  keys: readonly string[] = [],
): string {
  const extra = [...new Set(keys)].filter((key) => !["run", "state", "seed", "tags"].includes(key));
  const hasTags = chosen.some(({ entry }) => entry.tags.length > 0);
  const splits = ["dev", "test", ...(chosen.some(({ entry }) => entry.metrics?.[FOLD_SPLIT]) ? [FOLD_SPLIT] : [])];
  const head = ["run", "state", "seed", ...splits, ...extra, ...(hasTags ? ["tags"] : [])];
  const rows = chosen.map(({ entry, plan }) => [
    entry.kind === undefined ? entry.run : `${entry.run} (${entry.kind}, ${entry.runs} runs)`,
    entry.state,
    Array.isArray(entry.seed) ? entry.seed.join(",") : String(entry.seed),
    ...splits.map((split) => mainScore(entry, plan, split)),
    ...extra.map((key) => shown(valueAt(entry, key))),
    ...(hasTags ? [entry.tags.join(", ")] : []),
  ]);
  const others = damaged.map(({ name }) => [name, "damaged", ...head.slice(2).map(() => "-")]);
  return formatTable([head, ...rows, ...others]);
}

function shown(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return value === undefined ? "-" : typeof value === "string" ? value : JSON.stringify(value);
}

/** The first score of a split that is not its loss. */
function mainScore({ metrics }: RunEntry, plan: Plan | undefined, split: string): string {
  if (plan === undefined) return "-";
  const metric = plan.metrics.find((one) => one !== plan.loss) ?? plan.loss;
  const value = metrics?.[split]?.[metric.name];
  return typeof value === "number" ? `${metric.name} ${formatScore(value, metric.unit)}` : "-";
}
