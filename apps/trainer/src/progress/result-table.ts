/** The short table that ends a run: the model's scores beside the trivial models, where the run is, what to try next. */
import type { RunResult, SplitScores } from "../run/result.ts";
import { formatDuration, formatScore, formatTable, formatWhole } from "./format.ts";
import { quote } from "./shell.ts";

/** The text that `train` prints on stdout. */
export function describeResult(result: RunResult, folder: string, hasReport: boolean): string {
  const { steps, epochs, trainSeconds, tokensPerSecond } = result;
  const next =
    result.task === "translation"
      ? `cellstate translate ${quote(folder)} "..."`
      : `cellstate predict ${quote(folder)} "..."`;
  return [
    `${scoreTable(result)}\n`,
    `trained ${formatWhole(steps)} steps, ${epochs} epochs in ${formatDuration(trainSeconds)}`,
    ` (${formatWhole(tokensPerSecond)} tokens/s), ${formatWhole(result.parameters)} parameters\n`,
    `run     ${folder}\n`,
    hasReport ? `report  ${folder}/report.html\n` : "",
    `next    ${next}\n`,
  ].join("");
}

/** Scores by split and metric: the model first, then the trivial models. */
export function scoreTable({ metrics, baselines }: Pick<RunResult, "metrics" | "baselines">): string {
  const models: [string, SplitScores][] = [["model", metrics], ...Object.entries(baselines)];
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    Object.keys(scores)
      .filter((name) => typeof scores[name] === "number")
      .map((name) => [`${split} ${name}`, ...models.map(([, splits]) => cell(name, splits[split]?.[name]))]),
  );
  return formatTable([["", ...models.map(([name]) => name)], ...rows]);
}

function cell(name: string, value: number | string | undefined): string {
  return typeof value === "number" ? formatScore(name, value) : "-";
}
