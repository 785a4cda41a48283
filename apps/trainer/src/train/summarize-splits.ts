/** Scores of several runs of one experiment by split and metric: means, deviations and intervals, and the means of the trivial models. */
import type { Scores } from "@cellstate/tasks";
import type { RunResult } from "../run/result.ts";
import { type Summary, summarize } from "./summarize.ts";

/** A value for each split and metric. */
type BySplit<Value> = Readonly<Record<string, Readonly<Record<string, Value>>>>;

export interface SplitsSummary {
  /** In the order of the runs. */
  readonly scores: BySplit<readonly number[]>;
  readonly mean: BySplit<number>;
  readonly deviation: BySplit<number>;
  readonly interval: BySplit<readonly [low: number, high: number]>;
  /** Means by part of a joined model; absent where models are one. */
  readonly parts?: Readonly<Record<string, BySplit<number>>> | undefined;
  /** Means by trivial model. */
  readonly baselines: Readonly<Record<string, BySplit<number>>>;
}

/** Summarizes what all of the runs have a number for. @param results  at least one */
export function summarizeSplits(results: readonly Pick<RunResult, "metrics" | "parts" | "baselines">[]): SplitsSummary {
  const scores = numbersOf(results.map(({ metrics }) => metrics));
  const summaries = mapScores(scores, summarize);
  const pick = <Value>(read: (summary: Summary) => Value) => mapScores(summaries, read);
  const { parts } = results[0]!;
  return {
    scores,
    mean: pick(({ mean }) => mean),
    deviation: pick(({ deviation }) => deviation),
    interval: pick(({ interval }) => interval),
    ...(parts && { parts: meansOf(results.map((result) => result.parts ?? {})) }),
    baselines: meansOf(results.map(({ baselines }) => baselines)),
  };
}

/** Means by model, of those that the first run has. */
function meansOf(
  runs: readonly Readonly<Record<string, Readonly<Record<string, Scores>>>>[],
): Readonly<Record<string, BySplit<number>>> {
  const means = Object.keys(runs[0]!).map((name) => {
    const numbers = numbersOf(runs.map((run) => run[name] ?? {}));
    return [name, mapScores(numbers, (values) => summarize(values).mean)] as const;
  });
  return Object.fromEntries(means);
}

/** The values that all of the runs have, in the order of the first one's splits and metrics. */
function numbersOf(runs: readonly Readonly<Record<string, Scores>>[]): BySplit<readonly number[]> {
  const splits = Object.entries(runs[0]!).map(([split, first]) => {
    const metrics = Object.keys(first).flatMap((metric) => {
      const values = runs.map((run) => run[split]?.[metric]);
      return values.every((value) => typeof value === "number") ? [[metric, values] as const] : [];
    });
    return [split, Object.fromEntries(metrics)] as const;
  });
  return Object.fromEntries(splits);
}

function mapScores<From, To>(values: BySplit<From>, change: (value: From) => To): BySplit<To> {
  const ofSplit = (metrics: Readonly<Record<string, From>>) =>
    Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [metric, change(value)]));
  return Object.fromEntries(Object.entries(values).map(([split, metrics]) => [split, ofSplit(metrics)]));
}
