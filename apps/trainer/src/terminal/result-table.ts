/** The short table that ends a run: the model's scores beside the trivial models, where the run is, what to try next. */
import { inputRoles } from "@cellstate/data";
import type { Intervals, Plan, Task } from "@cellstate/tasks";
import { type RunResult, scoresBeside } from "../run/result.ts";
import { formatDuration, formatScore, formatTable, formatWhole } from "./format.ts";
import { quote } from "./shell.ts";

/** What a table of scores needs to know of the task. */
export type ScoredBy = Pick<Plan, "metrics">;

export interface DescribedRun {
  readonly task: Task;
  readonly plan: ScoredBy & Pick<Plan, "fields">;
  readonly folder: string;
  readonly hasReport: boolean;
}

/** The text that `train` prints on stdout. */
export function describeResult(result: RunResult, { task, plan, folder, hasReport }: DescribedRun): string {
  const { steps, epochs, trainSeconds, tokensPerSecond } = result;
  return [
    `${scoreTable(result, plan)}\n`,
    `trained ${formatWhole(steps)} steps, ${epochs} epochs in ${formatDuration(trainSeconds)}`,
    ` (${formatWhole(tokensPerSecond)} tokens/s), ${formatWhole(result.parameters)} parameters\n`,
    `run     ${folder}\n`,
    hasReport ? `report  ${folder}/report.html\n` : "",
    `next    cellstate ${commandFor(task)} ${quote(folder)} ${inputOf(plan, task)}\n`,
  ].join("");
}

/** How a command is given what a model reads: one value as an argument, several as the columns of a file. */
function inputOf({ fields }: Pick<Plan, "fields">, { rows }: Task): string {
  return inputRoles(fields).length === 1 && rows === undefined ? '"..."' : "--input <file>";
}

/** The command that shows answers of a task as people read them. */
export function commandFor({ writesText, writesOn, rows }: Pick<Task, "writesText" | "writesOn" | "rows">): string {
  if (rows !== undefined) return "forecast";
  if (writesOn) return "generate";
  return writesText ? "translate" : "predict";
}

/** What a table of scores shows. */
export interface ScoredSplits extends Pick<RunResult, "metrics" | "parts" | "baselines"> {
  /** Of the model's scores, by split and metric. Default: none are shown. */
  readonly intervals?: Readonly<Record<string, Intervals>>;
}

/** Scores by split and metric: the model first, with its intervals, then its parts alone, then the trivial models. */
export function scoreTable({ metrics, intervals = {}, ...beside }: ScoredSplits, plan: ScoredBy): string {
  const hasIntervals = Object.values(intervals).some((ofSplit) => Object.keys(ofSplit).length > 0);
  const others = scoresBeside(beside);
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    plan.metrics
      .filter(({ name }) => typeof scores[name] === "number")
      .map(({ name, unit }) => {
        const show = (value: number | string | undefined) =>
          typeof value === "number" ? formatScore(value, unit) : "-";
        const interval = intervals[split]?.[name]?.map(show).join(" to ") ?? "";
        return [
          `${split} ${name}`,
          show(scores[name]),
          ...(hasIntervals ? [interval] : []),
          ...others.map(([, splits]) => show(splits[split]?.[name])),
        ];
      }),
  );
  const titles = ["", "model", ...(hasIntervals ? ["95 % interval"] : []), ...others.map(([name]) => name)];
  return formatTable([titles, ...rows]);
}
