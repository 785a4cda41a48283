/** The cells of a comparison as texts, the same on a terminal and on a page. */
import { inputRoles } from "@cellstate/data";
import type { Plan, PredictionLine } from "@cellstate/tasks";
import type { MetricInfo } from "@cellstate/training";
import { cutText } from "../report/limits.ts";
import { formatScore } from "../terminal/format.ts";
import type { Comparison } from "./comparison.ts";
import type { ComparedRun } from "./read-run.ts";
import type { ScoreDifference } from "./score-differences.ts";

/** Characters of a value of a config. */
const VALUE_LENGTH = 40;

/** A value of a config as people read it; `-` where there is none. */
export function showValue(value: unknown): string {
  const text = value === undefined ? "-" : typeof value === "string" ? value : JSON.stringify(value);
  return cutText(text, VALUE_LENGTH);
}

/** The scores of all runs, and under those of the later ones how far they are from the first and how likely by chance. */
export function scoreRows({ first, others }: Comparison): string[][] {
  const runs = [first, ...others.map(({ run }) => run)];
  return scoredMetrics(runs).map(({ split, metric }) => {
    const cells = runs.map(({ result }, index) => {
      const score = result?.metrics[split]?.[metric.name];
      if (typeof score !== "number") return "-";
      const compared = index === 0 ? undefined : others[index - 1]!.splits[split];
      const found = compared !== undefined && "scores" in compared ? compared.scores[metric.name] : undefined;
      return `${formatScore(score, metric.unit)}${found === undefined ? "" : `  ${describeDifference(found, metric)}`}`;
    });
    return [`${split} ${metric.name}`, ...cells];
  });
}

/** `+0.0120 [-0.0010, 0.0250] p 0.071`. */
function describeDifference({ difference, interval, pValue }: ScoreDifference, { unit }: MetricInfo): string {
  const sign = difference < 0 ? "" : "+";
  const [low, high] = interval.map((end) => formatScore(end, unit));
  return `${sign}${formatScore(difference, unit)} [${low}, ${high}] p ${describeChance(pValue)}`;
}

function describeChance(pValue: number): string {
  return pValue < 0.001 ? "<0.001" : pValue.toFixed(3);
}

interface ScoredMetric {
  readonly split: string;
  readonly metric: MetricInfo;
}

/** What any of the runs is scored by, in the order of the first that has it. */
function scoredMetrics(runs: readonly ComparedRun[]): ScoredMetric[] {
  const found = new Map<string, ScoredMetric>();
  for (const { plan, result } of runs) {
    for (const [split, scores] of Object.entries(result?.metrics ?? {})) {
      for (const metric of plan?.metrics ?? []) {
        const key = `${split} ${metric.name}`;
        if (typeof scores[metric.name] === "number" && !found.has(key)) found.set(key, { split, metric });
      }
    }
  }
  return [...found.values()];
}

/** What the model read of an example, as far as its line has it. */
export function inputOf(line: PredictionLine, plan: Plan | undefined): string {
  const roles = plan === undefined ? [] : inputRoles(plan.fields);
  return roles.flatMap((role) => (line[role] === undefined ? [] : [textOf(line[role])])).join(" | ");
}

export function answerOf({ prediction }: PredictionLine): string {
  return textOf(prediction);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
