/** Sweeps whose runs train in this process, one after the other: what a sweep finds, without the time that processes take. */

import { tasks } from "@cellstate/tasks";
import { runTask } from "../src/commands/sweep/run-task.ts";
import { beginSweep, sweepToEnd } from "../src/commands/sweep/sweep-experiment.ts";
import type { SweepOptions } from "../src/commands/sweep.ts";
import { taskName } from "../src/sweep/batch.ts";
import type { Executor, ExecutorContext } from "../src/sweep/executors/executor.ts";
import type { SweepResult } from "../src/sweep/sweep-result.ts";
import { createProgress } from "../src/terminal/progress.ts";

const quiet = createProgress({ quiet: true, stream: { write: () => true } });

function inProcess({ paths, deadline }: ExecutorContext): Executor {
  return {
    threads: 1,
    settle: async () => {},
    async run(batch) {
      for (const index of batch.runs.keys()) {
        if (performance.now() < deadline) await runTask(paths.folder, taskName(batch, index), tasks, quiet);
      }
    },
  };
}

/** Sweeps to the end, as the command does. */
export async function sweepInProcess(
  options: Omit<SweepOptions, "set"> & Partial<Pick<SweepOptions, "set">>,
): Promise<SweepResult> {
  const given = { set: [], quiet: true as const, ...options };
  const { folderLock, ...begun } = await beginSweep(given, tasks);
  try {
    return await sweepToEnd({ ...begun, options: given, makeExecutor: inProcess });
  } finally {
    folderLock.release();
  }
}
