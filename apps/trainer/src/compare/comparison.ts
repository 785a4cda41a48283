/** What differs between runs: each of them is compared with the first. */
import { type ConfigDifference, configDifferences, pluginDifferences } from "./config-differences.ts";
import type { ComparedRun } from "./read-run.ts";
import { type ComparedSplit, compareSplit } from "./score-differences.ts";

/** A run and how it differs from the first, by split. */
interface ComparedWithFirst {
  readonly run: ComparedRun;
  readonly splits: Readonly<Record<string, ComparedSplit>>;
}

export interface Comparison {
  readonly first: ComparedRun;
  readonly others: readonly ComparedWithFirst[];
  /** Files of plugins, then keys. */
  readonly config: readonly ConfigDifference[];
  /** What cannot be compared, in sentences. */
  readonly notes: readonly string[];
}

/** @param resamples  draws of the paired bootstrap; 0: nothing is said of significance */
export async function compareWithFirst(
  [first, ...rest]: readonly [ComparedRun, ...ComparedRun[]],
  resamples: number,
): Promise<Comparison> {
  const others: ComparedWithFirst[] = [];
  for (const run of rest) others.push({ run, splits: await compareSplits(first, run, resamples) });
  return {
    first,
    others,
    config: [
      ...pluginDifferences([first, ...rest].map(({ lock }) => lock.plugins ?? {})),
      ...configDifferences([first, ...rest].map(({ lock }) => lock.config)),
    ],
    notes: notesOn(first, others),
  };
}

async function compareSplits(
  first: ComparedRun,
  second: ComparedRun,
  resamples: number,
): Promise<Record<string, ComparedSplit>> {
  if (first.result === undefined || second.result === undefined) return {};
  if (first.result.task !== second.result.task || resamples === 0) return {};
  if (first.changedPlugins.length + second.changedPlugins.length > 0) return {};
  const splits = Object.keys(first.result.metrics).filter((split) => Object.hasOwn(second.result!.metrics, split));
  const compared: Record<string, ComparedSplit> = {};
  for (const split of splits) compared[split] = await compareSplit(first, second, split, resamples);
  return compared;
}

function notesOn(first: ComparedRun, others: readonly ComparedWithFirst[]): string[] {
  const runs = [first, ...others.map(({ run }) => run)];
  const unfinished = runs.filter(({ result }) => result === undefined);
  const changed = runs.flatMap(({ name, changedPlugins }) =>
    changedPlugins.length === 0
      ? []
      : [`plugin ${changedPlugins.join(", ")} changed since ${name} began: its answers were not read`],
  );
  const ofRuns = others.flatMap(({ run, splits }) => {
    const [one, two] = [first.lock.config.task, run.lock.config.task];
    if (one !== two) {
      return [
        `${run.name} is a run of ${String(two)}, ${first.name} of ${String(one)}: their scores and answers do not compare`,
      ];
    }
    const reasons = Object.values(splits).flatMap((compared) => ("reason" in compared ? [compared.reason] : []));
    return [...new Set(reasons)].map((reason) => `${run.name}: no significance, since ${reason}`);
  });
  return [
    ...changed,
    ...unfinished.map(({ name }) => `${name} is not finished: it has a log and no scores`),
    ...ofRuns,
  ];
}
