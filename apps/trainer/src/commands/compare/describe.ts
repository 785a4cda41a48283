/** A comparison as text: tables of configs, scores, dev scores by epoch, and the first answers that changed sides. */
import type { Comparison } from "../../compare/comparison.ts";
import type { ComparedRun } from "../../compare/read-run.ts";
import { answerOf, inputOf, scoreRows, showValue } from "../../compare/rows.ts";
import type { ChangedAnswer } from "../../compare/score-differences.ts";
import { cutText } from "../../report/limits.ts";
import { formatScore, formatTable } from "../../terminal/format.ts";
import { showOnOneLine } from "../../terminal/visible.ts";

/** Answers that are shown for each run and split. */
const SHOWN_ANSWERS = 5;
/** Characters of an input or an answer. */
const INPUT_LENGTH = 80;

export function describeComparison(comparison: Comparison): string {
  const { first, others, notes } = comparison;
  const runs = [first, ...others.map(({ run }) => run)];
  const parts = [
    configTable(comparison, runs),
    scoreRows(comparison).length === 0
      ? ""
      : formatTable([["score", ...runs.map(({ name }) => name)], ...scoreRows(comparison)]),
    devTable(runs),
    ...others.flatMap(({ run, splits }) =>
      Object.entries(splits).flatMap(([split, compared]) =>
        "changed" in compared && compared.changed !== undefined ? [changedText(run, split, compared.changed)] : [],
      ),
    ),
    notes.map((note) => `note: ${note}\n`).join(""),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function configTable({ config }: Comparison, runs: readonly ComparedRun[]): string {
  if (config.length === 0) return "the configs are the same\n";
  const rows = config.map(({ key, values }) => [key, ...values.map(showValue)]);
  return formatTable([["config", ...runs.map(({ name }) => name)], ...rows]);
}

/** What chose the best weights, after each epoch. */
function devTable(runs: readonly ComparedRun[]): string {
  const curves = runs.map(devCurve);
  const epochs = Math.max(0, ...curves.map((curve) => Math.max(0, ...curve.keys())));
  if (epochs === 0) return "";
  const rows = Array.from({ length: epochs }, (_, index) => [
    `epoch ${index + 1}`,
    ...curves.map((curve) => curve.get(index + 1) ?? "-"),
  ]);
  const head = runs.map(({ name, plan }) => (plan === undefined ? name : `${name} dev ${plan.selection.name}`));
  return formatTable([["", ...head], ...rows]);
}

/** The last score of each epoch. */
function devCurve({ log, plan }: ComparedRun): Map<number, string> {
  const curve = new Map<number, string>();
  for (const line of log) {
    if (line.kind !== "evaluate" || plan === undefined) continue;
    const value = (line.metrics as Readonly<Record<string, unknown>>)[plan.selection.name];
    if (typeof value === "number" && typeof line.epoch === "number") {
      curve.set(line.epoch, formatScore(value, plan.selection.unit));
    }
  }
  return curve;
}

function changedText({ name, plan }: ComparedRun, split: string, changed: readonly ChangedAnswer[]): string {
  const fixed = changed.filter(({ change }) => change === "fixed").length;
  const head = `${split}: ${name} has ${fixed} right that were wrong, and ${changed.length - fixed} wrong that were right\n`;
  const rows = changed.slice(0, SHOWN_ANSWERS).map(({ index, change, before, after }) => {
    const input = showOnOneLine(cutText(inputOf(before, plan), INPUT_LENGTH));
    const answers = showOnOneLine(
      `${cutText(answerOf(before), INPUT_LENGTH)} -> ${cutText(answerOf(after), INPUT_LENGTH)}`,
    );
    return `  ${change === "fixed" ? "+" : "-"} ${index}  ${answers}  ${input}\n`;
  });
  const left = changed.length - rows.length;
  return `${head}${rows.join("")}${left > 0 ? `  and ${left} more (--json has them all)\n` : ""}`;
}
