/** `sweep.json` and `best.yaml`: what a sweep has found. Nothing in them depends on time or on the machine. */
import { formatYaml } from "@cellstate/files/yaml";
import { rank, type Values } from "@cellstate/sweep";
import type { SplitScores } from "../run/result.ts";
import { FORMAT_VERSION } from "../run/versioned.ts";
import { formatScore } from "../terminal/format.ts";
import { describeValues } from "./point-file.ts";
import { parameterNames, type SweepOutcome, type SweptPoint } from "./run-sweep.ts";
import { pointConfig, type SweepPlan } from "./sweep-plan.ts";

/** A point as `sweep.json` has it. */
export interface ResultPoint {
  readonly point: number;
  readonly values: Values;
  /** `finished`: trained to its end; `stopped`: given up before it; `failed`: see `error`. */
  readonly status: "finished" | "stopped" | "failed";
  /** Of the metric on dev, the mean over the seeds; null where it failed. */
  readonly score: number | null;
  /** All dev metrics, means over the seeds. */
  readonly dev: Readonly<Record<string, number>>;
  readonly epochs: number | null;
  /** Run folders below that of the sweep. */
  readonly runs: readonly string[];
  readonly error: string | null;
}

export interface SweepResult {
  readonly formatVersion: 1;
  readonly name: string;
  readonly task: string;
  readonly method: string;
  /** Dev metric that points are compared by, and whether larger or smaller is better. */
  readonly metric: string;
  readonly direction: "max" | "min";
  /** Seed of the points. */
  readonly seed: number;
  /** Seeds of the trainings. */
  readonly seeds: readonly number[];
  readonly parameters: readonly string[];
  /** False where a limit of time ended the sweep early. */
  readonly complete: boolean;
  readonly points: readonly ResultPoint[];
  /** In the order of the points. */
  readonly scores: readonly (number | null)[];
  readonly winner: Winner | null;
}

export interface Winner {
  readonly point: number;
  readonly values: Values;
  readonly score: number;
  /** The winner's scores on every split, test included, and those of the trivial models; means over the seeds. */
  readonly metrics: SplitScores;
  readonly parts?: Readonly<Record<string, SplitScores>> | undefined;
  readonly baselines: Readonly<Record<string, SplitScores>>;
  readonly runs: readonly string[];
  /** The config that trains it. */
  readonly config: "best.yaml";
}

/** The best of the points that were trained to their end. */
export function winnerOf({ metric }: SweepPlan, points: readonly SweptPoint[]): SweptPoint | undefined {
  return rank(
    points.filter(({ isWhole }) => isWhole),
    metric.direction,
  )[0];
}

/** @param scored  the winner's scores on every split; undefined where there is no winner */
export function sweepResult(
  plan: SweepPlan,
  { points, isComplete }: SweepOutcome,
  scored: Pick<Winner, "metrics" | "parts" | "baselines"> | undefined,
): SweepResult {
  const { name, experiment, section, metric, seeds } = plan;
  const best = winnerOf(plan, points);
  const shown = points.map(resultPoint);
  return {
    formatVersion: FORMAT_VERSION,
    name,
    task: experiment.task,
    method: section.method,
    metric: metric.name,
    direction: metric.direction,
    seed: section.seed,
    seeds,
    parameters: parameterNames(plan),
    complete: isComplete,
    points: shown,
    scores: shown.map(({ score }) => score),
    winner:
      best === undefined || scored === undefined
        ? null
        : {
            point: best.point,
            values: best.values,
            score: best.score!,
            ...scored,
            runs: runFolders(best),
            config: "best.yaml",
          },
  };
}

function resultPoint(swept: SweptPoint): ResultPoint {
  const { point, values, isWhole, score, dev, epochs, error } = swept;
  const status = error !== undefined ? "failed" : isWhole ? "finished" : "stopped";
  return {
    point,
    values,
    status,
    score: score ?? null,
    dev,
    epochs: epochs ?? null,
    runs: runFolders(swept),
    error: error ?? null,
  };
}

function runFolders({ runs }: SweptPoint): readonly string[] {
  return runs.map((run) => `runs/${run}`);
}

/** The winner as a config that trains as it is. @param folder  where it will lie */
export function bestConfig(plan: SweepPlan, folder: string, { winner, metric }: SweepResult): string | undefined {
  if (winner === null) return undefined;
  const scores = Object.entries(winner.metrics).flatMap(([split, of]) => {
    const score = of[metric];
    return typeof score === "number" ? [`${split} ${metric} ${formatScore(score, plan.metric.unit)}`] : [];
  });
  const mean = winner.runs.length > 1 ? `, mean of ${winner.runs.length} seeds` : "";
  return [
    `# The best point of the sweep ${plan.name} (${plan.section.method}): ${scores.join(", ")}${mean}`,
    `# ${describeValues(winner.values)}`,
    formatYaml(pointConfig(plan, winner.values, folder)),
  ].join("\n");
}
