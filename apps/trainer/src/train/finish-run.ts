/** The end of a run: saves the model, scores every split beside the trivial models, and writes predictions, report and result. */
import { readFileSync } from "node:fs";
import { writeFileAtomic } from "@cellstate/files";
import { parameterCount } from "@cellstate/lstm-core";
import type { AttentionMap } from "@cellstate/tasks";
import type { TrainResult } from "@cellstate/training";
import { withoutFolders } from "../config/file-paths.ts";
import type { Experiment } from "../config/schema.ts";
import type { Progress } from "../progress/progress.ts";
import { renderReport } from "../report/report.ts";
import { readLock } from "../run/config-lock.ts";
import type { RunPaths } from "../run/folder.ts";
import { readMetrics } from "../run/metrics-log.ts";
import { type PredictionLine, writePredictions } from "../run/predictions.ts";
import { type RunResult, type Scores, type SplitScores, writeResult } from "../run/result.ts";
import { saveModel } from "../run/saved-model.ts";
import { formatVersion } from "../run/versioned.ts";
import type { Prepared } from "./prepare.ts";
import { attentionMaps, type LiveModel, score, scoresOf } from "./score.ts";

/** Examples of a split whose attention the report shows. */
const SHOWN_ATTENTION = 4;

export interface FinishOptions {
  readonly live: LiveModel;
  readonly prepared: Prepared;
  readonly trained: TrainResult;
  readonly paths: RunPaths;
  readonly experiment: Experiment;
  readonly progress: Progress;
}

/** The model holds the best weights; `result.json` is written last and marks the run as finished. */
export async function finishRun(options: FinishOptions): Promise<RunResult> {
  const { live, prepared, trained, paths, experiment, progress } = options;
  const config = withoutFolders({ ...experiment, data: prepared.modelData });
  const saved = saveModel(paths.model, { model: live.model, files: prepared.files, config });

  const metrics: Record<string, Scores> = {};
  const predictions = new Map<string, readonly PredictionLine[]>();
  for (const [split, examples] of prepared.evaluated) {
    progress.phase(`evaluating on ${split}`);
    const scored = await score(live, examples);
    metrics[split] = scoresOf(scored.metrics);
    predictions.set(split, scored.lines);
    writePredictions(paths.predictions, split, scored.lines);
  }
  progress.phase("scoring the baselines");
  const result: RunResult = {
    formatVersion,
    name: experiment.name,
    task: experiment.task,
    dataset: prepared.dataset.name,
    seed: experiment.seed,
    backend: live.session.backendName,
    threads: live.session.threads,
    metrics,
    baselines: baselineScores(prepared),
    trainSeconds: round(trained.elapsedSeconds, 3),
    tokensPerSecond: Math.round(trained.tokensPerSecond),
    steps: trained.step,
    epochs: trained.epochs,
    parameters: parameterCount(live.model),
    ...saved,
  };
  const reported = reportedSplits(predictions);
  const attention = new Map<string, readonly AttentionMap[]>();
  for (const split of reported.keys()) {
    attention.set(split, await attentionMaps(live, prepared.evaluated.get(split)!.slice(0, SHOWN_ATTENTION)));
  }
  const report = renderReport({
    result,
    lock: readLock(paths.lock),
    configText: readFileSync(paths.config, "utf8"),
    selection: live.task.selection(live.config).name,
    log: readMetrics(paths.metrics),
    predictions: reported,
    attention,
  });
  writeFileAtomic(paths.report, report);
  writeResult(paths.result, result);
  progress.end();
  return result;
}

function baselineScores({ task, config, fitted, train, evaluated }: Prepared): Record<string, SplitScores> {
  const baselines = task.baselines(config, fitted, train, evaluated);
  return Object.fromEntries(
    [...baselines].map(([name, splits]) => [
      name,
      Object.fromEntries([...splits].map(([split, metrics]) => [split, scoresOf(metrics)])),
    ]),
  );
}

/** All splits but dev where there is a test split. */
function reportedSplits(
  predictions: ReadonlyMap<string, readonly PredictionLine[]>,
): ReadonlyMap<string, readonly PredictionLine[]> {
  const others = new Map([...predictions].filter(([split]) => split !== "dev"));
  return others.size > 0 ? others : predictions;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
