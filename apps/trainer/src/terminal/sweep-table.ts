/** The table that ends a sweep: its points from the best to the worst, and the winner's scores. */
import { rank } from "@cellstate/sweep";
import type { Plan } from "@cellstate/tasks";
import { valueText } from "../sweep/point-file.ts";
import type { ResultPoint, SweepResult } from "../sweep/sweep-result.ts";
import { formatScore, formatTable } from "./format.ts";
import { scoreTable } from "./result-table.ts";

/** The points of a result from the best to the worst. */
export function rankedPoints({ points, direction }: SweepResult, loss: string): readonly ResultPoint[] {
  const outcomes = points.map((point) => ({ ...point, score: point.score ?? undefined, tieBreaker: point.dev[loss] }));
  return rank(outcomes, direction).map(({ point }) => points.find((one) => one.point === point)!);
}

/** The text that `sweep` prints on stdout. */
export function describeSweep(result: SweepResult, plan: Plan, folder: string): string {
  const { parameters, metric, winner } = result;
  const unit = plan.metrics.find(({ name }) => name === metric)?.unit ?? "number";
  const rows = rankedPoints(result, plan.loss.name).map(({ point, values, score, epochs, status, error }) => [
    String(point),
    ...parameters.map((name) => valueText(values[name])),
    score === null ? "-" : formatScore(score, unit),
    epochs === null ? "-" : String(epochs),
    error === null ? status : `${status}: ${error.split("\n")[0]}`,
  ]);
  const table = formatTable([["point", ...parameters, `dev ${metric}`, "epochs", ""], ...rows], { left: true });
  const end = `\nsweep   ${folder}\npage    ${folder}/sweep.html\n`;
  if (winner === null) return `${table}${end}`;
  const best = `\nbest    point ${winner.point}\n${scoreTable(winner, plan)}`;
  return `${table}${best}${end}next    cellstate train --config ${folder}/best.yaml\n`;
}
