/** What a suite is, and what suites share. */
import type { Found } from "./peers.ts";
import type { Request, TokenizerRequest } from "./request.ts";
import type { Contender, Outcome, RoundOptions, Runner } from "./runner.ts";
import type { Table } from "./table.ts";

export interface Bench extends RoundOptions {
  readonly found: Found;
  /** Of every library that is not said to have one. */
  readonly threads: number;
  /** Of each thing that is timed. */
  readonly seconds: number;
}

export interface Suite {
  readonly name: string;
  /** Whom it measures ours beside. */
  readonly peers: "engines" | "tokenizers";
  readonly title: string;
  /** What is measured and how to read the numbers. */
  readonly about: string;
  run(bench: Bench): Table[];
}

export function contendersOf(runners: readonly Runner[], request: Request | TokenizerRequest): Contender[] {
  return runners.map((runner) => ({ runner, request }));
}

/** One number of an outcome; undefined where there is none. */
export function numberOf(outcome: Outcome | undefined, name: string): number | undefined {
  return outcome !== undefined && "measured" in outcome ? outcome.measured[name] : undefined;
}

/** Why numbers are missing, a line for each. */
export function problemsOf(contenders: readonly Contender[], outcomes: readonly Outcome[], where: string): string[] {
  return outcomes.flatMap((outcome, index) =>
    "problem" in outcome ? [`${contenders[index]!.runner.name}, ${where}: ${outcome.problem}.`] : [],
  );
}

/** One thread, and as many as are asked for. */
export function threadCounts({ threads }: Bench): number[] {
  return threads === 1 ? [1] : [1, threads];
}

export function countThreads(threads: number): string {
  return `${threads} thread${threads === 1 ? "" : "s"}`;
}
