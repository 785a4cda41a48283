/** Scores the runs of a sweep's winner on every split of the data, test included: the only ones that see it. */
import { join } from "node:path";
import type { Task } from "@cellstate/tasks";
import { findModel, withModel } from "../../command-line/with-model.ts";
import type { SweepPaths } from "../../sweep/paths.ts";
import type { Winner } from "../../sweep/sweep-result.ts";
import type { Progress } from "../../terminal/progress.ts";
import { summarizeSplits } from "../../train/summarize-splits.ts";
import { scoreAll } from "../evaluate/evaluate-model.ts";
import { ownSplits } from "../evaluate/labelled-splits.ts";

/** @param tasks  those without plugins; each run loads its own */
export async function scoreWinner(
  paths: SweepPaths,
  runs: readonly string[],
  tasks: readonly Task[],
  progress: Progress,
): Promise<Pick<Winner, "metrics" | "parts" | "baselines">> {
  const results: Pick<Winner, "metrics" | "parts" | "baselines">[] = [];
  for (const run of runs) {
    progress.phase(`scoring the winner, run ${run}`);
    const folder = join(paths.runs, run);
    const found = await findModel(folder, tasks);
    const splits = await ownSplits(found, run, tasks);
    results.push(await withModel(found, {}, (predictor) => scoreAll(predictor, splits, 0)));
  }
  const { mean, parts, baselines } = summarizeSplits(results);
  return { metrics: mean, ...(parts && { parts }), baselines };
}
