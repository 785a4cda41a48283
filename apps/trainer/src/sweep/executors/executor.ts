/** What executors share: how a run of a batch is called, and what they need to know to have it called somewhere. */
import type { Progress } from "../../terminal/progress.ts";
import { quote } from "../../terminal/shell.ts";
import { type Batch, taskName } from "../batch.ts";
import type { SweepPaths } from "../paths.ts";
import type { SweepPlan } from "../sweep-plan.ts";
import type { TrialRun } from "../trial-runs.ts";

export interface ExecutorContext {
  readonly paths: SweepPaths;
  readonly plan: SweepPlan;
  /** Runs at the same time on this machine. */
  readonly workers: number;
  readonly progress: Progress;
  /** Whether a run has come as far as its trial wants. */
  readonly isDone: (run: TrialRun) => Promise<boolean>;
  /** Ends the sweep in good order. */
  readonly signal: AbortSignal;
  /** After which no further run is begun, in milliseconds of `performance.now`. */
  readonly deadline: number;
}

/** Has runs trained, wherever that is. */
export interface Executor {
  /** Threads of a run; null: as many as are fast. */
  readonly threads: number | null;
  /** Waits for what an earlier call has handed over and is still under way. */
  settle(): Promise<void>;
  /**
   * Resolves once all runs are done, or the deadline has passed.
   *
   * @throws {ExecutorError} if one does not end, whatever is tried
   */
  run(batch: Batch): Promise<void>;
}

/** The program and arguments that train one run of a batch: this very program, so that its tasks are there too. */
export function taskCommand({ folder }: SweepPaths, batch: Batch, index: number | string): readonly string[] {
  const program = [process.execPath, ...process.execArgv, process.argv[1]!];
  return [...program, "sweep", "--resume", folder, "--task", taskName(batch, index)];
}

/** Words as one line of a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(quote).join(" ");
}
