/** The end of a run: saves the model, scores every split beside the trivial models, and writes predictions, report and result. */
import { basename } from "node:path";
import { inputRoles } from "@cellstate/data";
import { findCard } from "@cellstate/data/node";
import { writeFileAtomic } from "@cellstate/files";
import { parameterCount } from "@cellstate/lstm-core";
import {
  type FileContents,
  type FittedBaselines,
  type Intervals,
  type ReportSection,
  type Scores,
  saveModel,
  type Task,
  type TaskModel,
} from "@cellstate/tasks";
import type { Session } from "@cellstate/tensor";
import type { TrainResult } from "@cellstate/training";
import { pathKeysOf, withoutFolders } from "../config/file-paths.ts";
import type { Experiment } from "../config/schema.ts";
import { dataContext } from "../datasets.ts";
import { MODEL_CARD_FILE, renderModelCard } from "../model-card/model-card.ts";
import { isLargeConfusion } from "../report/confusion.ts";
import { renderReport } from "../report/report.ts";
import type { ShownSection } from "../report/sections.ts";
import { type ConfigLock, readLock } from "../run/config-lock.ts";
import type { RunPaths } from "../run/folder.ts";
import { readMetrics } from "../run/metrics-log.ts";
import { addToModelFolder, type SavedWeights, writeModelFolder } from "../run/model-folder.ts";
import { writeConfusion, writePredictions } from "../run/predictions.ts";
import { formatResult, type RunResult } from "../run/result.ts";
import { writeRunManifest } from "../run/run-manifest.ts";
import { FORMAT_VERSION } from "../run/versioned.ts";
import type { Progress } from "../terminal/progress.ts";
import { evaluating } from "./evaluating.ts";
import type { Prepared } from "./prepare.ts";
import { coverageSection, type VectorCoverage } from "./pretrained.ts";

/** Examples that the draws for an interval have together, where that leaves enough of them. */
const MOST_DRAWN = 1_000_000;

export interface FinishOptions {
  readonly session: Session;
  readonly model: TaskModel;
  readonly prepared: Prepared;
  readonly trained: TrainResult;
  readonly paths: RunPaths;
  readonly experiment: Experiment;
  readonly progress: Progress;
  readonly tasks: readonly Task[];
  /** Of the files of word vectors that the model began with. */
  readonly coverages: readonly VectorCoverage[];
}

/** The model holds the best weights; `result.json` is written last and marks the run as finished. */
export async function finishRun(options: FinishOptions): Promise<RunResult> {
  const { session, model, prepared, trained, paths, experiment, progress } = options;
  const dev = prepared.evaluated.get("dev");
  if (model.calibrate !== undefined && dev !== undefined) {
    progress.phase("calibrating on dev");
    await model.calibrate(dev, prepared.train);
  }
  progress.phase("fitting the baselines");
  const baselines = await prepared.pipeline.fitBaselines(prepared.train, dev);
  const { files, ...saved } = await save(options, baselines);
  const metrics: Record<string, Scores> = {};
  const parts: Record<string, Record<string, Scores>> = {};
  const intervals: Record<string, Intervals> = {};
  const sections: ShownSection[] = options.coverages.map((coverage) => ({ section: coverageSection(coverage) }));
  const shown = shownSplits([...prepared.evaluated.keys()]);
  for (const [split, examples] of prepared.evaluated) {
    const evaluation = await model.evaluate(examples, evaluating(split, examples, progress));
    metrics[split] = evaluation.scores;
    for (const [part, scores] of Object.entries(evaluation.parts)) parts[part] = { ...parts[part], [split]: scores };
    intervals[split] = await evaluation.intervals({ resamples: resamplesFor(examples.length) });
    await writePredictions(paths.predictions, split, evaluation.lines(), {
      kept: experiment.predictions,
      inputs: inputRoles(prepared.plan.fields),
    });
    if (!shown.includes(split)) continue;
    for (const section of await evaluation.report(split)) sections.push(await shownSection(section, split, paths));
  }
  progress.phase("scoring the baselines");
  const result: RunResult = {
    formatVersion: FORMAT_VERSION,
    name: experiment.name,
    task: experiment.task,
    dataset: prepared.dataset.name,
    seed: experiment.seed,
    backend: session.backendName,
    threads: session.threads,
    metrics,
    ...(Object.keys(parts).length > 0 && { parts }),
    baselines: baselines.score(prepared.evaluated),
    trainSeconds: round(trained.elapsedSeconds, 3),
    tokensPerSecond: Math.round(trained.tokensPerSecond),
    steps: trained.step,
    ...budgetSpent(trained),
    epochs: trained.epochs,
    parameters: parameterCount(model),
    ...saved,
  };
  const lock = readLock(paths.lock);
  await addToModelFolder(paths.model, files, MODEL_CARD_FILE, await modelCard(options, { result, intervals, lock }));
  const report = renderReport({
    result,
    plan: prepared.plan,
    lock,
    configText: lock.configText,
    log: readMetrics(paths.metrics),
    sections,
  });
  writeFileAtomic(paths.report, report);
  const text = formatResult(result);
  await writeRunManifest(paths, text);
  writeFileAtomic(paths.result, text);
  progress.end();
  return result;
}

async function save(
  { model, prepared, paths, experiment, tasks }: FinishOptions,
  baselines: FittedBaselines,
): Promise<SavedWeights & { readonly files: FileContents }> {
  const { name: dataset, columns, labels } = prepared.dataset;
  const config = withoutFolders(experiment, pathKeysOf(tasks));
  const files = await saveModel({
    model,
    pipeline: prepared.pipeline,
    baselines,
    config: { ...config, task: experiment.task, data: { dataset, columns, labels, header: experiment.data.header } },
  });
  return { files, ...writeModelFolder(paths.model, files) };
}

interface Scored {
  readonly result: RunResult;
  readonly intervals: Readonly<Record<string, Intervals>>;
  readonly lock: ConfigLock;
}

async function modelCard({ prepared, experiment, tasks }: FinishOptions, scored: Scored): Promise<string> {
  const { task, plan, dataset, train, evaluated } = prepared;
  const { result, intervals, lock } = scored;
  const { name, seed } = experiment;
  const located =
    experiment.data.dataset === undefined ? undefined : await findCard(experiment.data.dataset, dataContext());
  const lengths = [...evaluated].map(([split, { length }]) => [split, length]);
  return renderModelCard({
    task,
    plan,
    config: { ...withoutFolders(experiment, pathKeysOf(tasks)), name, seed },
    parameters: result.parameters,
    weightsSha256: result.weightsSha256,
    data: {
      name: dataset.name,
      card: located?.card,
      hashes: Object.fromEntries(Object.entries(dataset.hashes).map(([file, hash]) => [basename(file), hash])),
      examples: { train: train.length, ...Object.fromEntries(lengths) },
    },
    metrics: result.metrics,
    intervals,
    parts: result.parts,
    baselines: result.baselines,
    parent: lock.parent,
  });
}

/** Draws for the intervals of a split: as many as `evaluate` takes, fewer where each takes long. */
function resamplesFor(examples: number): number {
  return Math.min(1000, Math.max(200, Math.floor(MOST_DRAWN / Math.max(1, examples))));
}

/** A section, and where its numbers are if they are too many for a page. */
async function shownSection(section: ReportSection, split: string, { predictions }: RunPaths): Promise<ShownSection> {
  if (section.kind !== "confusion" || !isLargeConfusion(section)) return { section };
  return { section, file: await writeConfusion(predictions, split, section) };
}

/** Which budget ended the run; a result of a run that had time enough says nothing of it. */
function budgetSpent({ stoppedBy }: TrainResult): Pick<RunResult, "stoppedBy"> {
  return stoppedBy === "maxSteps" || stoppedBy === "maxMinutes" ? { stoppedBy } : {};
}

/** What the report shows: all splits but dev where there are others. */
function shownSplits(splits: readonly string[]): readonly string[] {
  const others = splits.filter((split) => split !== "dev");
  return others.length > 0 ? others : splits;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
