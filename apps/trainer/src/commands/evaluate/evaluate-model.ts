/** A saved model's scores beside those of the trivial models, with intervals and what the scores are made of. */
import type { Baselines, Encoded, EvaluationDetails, Intervals, Predictor, Scores, Task } from "@cellstate/tasks";
import { findModel, withModel } from "../../command-line/with-model.ts";
import { applyOverrides } from "../../config/overrides.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import { scoreTable } from "../../terminal/result-table.ts";
import { sectionAsText } from "../../terminal/section-text.ts";
import { earlierThan } from "../../train/earlier-records.ts";
import type { EvaluateOptions } from "../evaluate.ts";
import { fileSplits, labelledFiles, ownSplits, type Splits } from "./labelled-splits.ts";

/** By split. */
type BySplit<T> = Record<string, T>;

interface Scored {
  readonly metrics: BySplit<Scores>;
  /** What the parts of a joined model score alone; absent for a model that is one. */
  readonly parts?: Baselines;
  readonly baselines: Baselines;
  readonly intervals: BySplit<Intervals>;
  readonly details: BySplit<EvaluationDetails>;
}

/** What `cellstate evaluate` does. */
export async function evaluateModel(
  run: string,
  options: EvaluateOptions,
  tasks: readonly Task[] | undefined,
): Promise<void> {
  const { values: changes } = applyOverrides({ values: {}, origins: new Map() }, options.set);
  const found = await findModel(run, tasks, changes, options.plugin);
  const files = await labelledFiles(options.data);
  const splits = files.size === 0 ? await ownSplits(found, run, tasks) : await fileSplits(files, found);
  const { backend, threads, resamples } = options;
  const scored = await withModel(found, { backend, threads }, (predictor) => scoreAll(predictor, splits, resamples));
  if (options.json !== true) {
    print(scoreTable(scored, found.plan));
    for (const [split, { sections }] of Object.entries(scored.details)) {
      for (const section of sections) print(`\n${split}: ${sectionAsText(section)}`);
    }
    return;
  }
  const [only] = files.values();
  const { details, ...scores } = scored;
  printJson({
    formatVersion: FORMAT_VERSION,
    name: found.config.name,
    task: found.task.name,
    dataset: found.data.dataset,
    data: files.size > 1 ? Object.fromEntries(files) : (only ?? null),
    ...scores,
    details: Object.fromEntries(Object.entries(details).map(([split, { values }]) => [split, values])),
  });
}

/** A model's scores on splits, and those of the trivial models. @param resamples  draws for an interval; 0: none */
export async function scoreAll(
  { pipeline, model, baselines }: Predictor,
  splits: Splits,
  resamples: number,
): Promise<Scored> {
  const encoded = new Map<string, Encoded>();
  const metrics: BySplit<Scores> = {};
  const parts: Record<string, BySplit<Scores>> = {};
  const intervals: BySplit<Intervals> = {};
  const details: BySplit<EvaluationDetails> = {};
  for (const [split, records] of Object.entries(splits.evaluated)) {
    const examples = await pipeline.encode(records, split, { earlier: earlierThan(split, splits) });
    const evaluation = await model.evaluate(examples);
    encoded.set(split, examples);
    metrics[split] = evaluation.scores;
    for (const [part, scores] of Object.entries(evaluation.parts)) parts[part] = { ...parts[part], [split]: scores };
    details[split] = evaluation.details;
    intervals[split] = resamples === 0 ? {} : await evaluation.intervals({ resamples });
  }
  return {
    metrics,
    ...(Object.keys(parts).length > 0 && { parts }),
    baselines: baselines.score(encoded),
    intervals,
    details,
  };
}
