/** Slurm: a batch is an array job, a run a task of it. */
import { writeFileAtomic } from "@cellstate/files";
import { ExecutorError } from "../../errors.ts";
import { type Batch, batchFilePath, taskName } from "../batch.ts";
import type { SweepSection } from "../section.ts";
import { type Executor, type ExecutorContext, shellLine, taskCommand } from "./executor.ts";
import { ask, schedulerExecutor } from "./scheduler.ts";

/** How long before a time limit a run is asked to write its checkpoint. */
const WARNING_SECONDS = 60;

export function slurmExecutor(context: ExecutorContext): Executor {
  const { slurm } = context.plan.section;
  return schedulerExecutor(context, {
    threads: slurm.cpus,
    advice: `their output is in ${context.paths.batches}`,
    async submit(batch) {
      const path = batchFilePath(context.paths, batch.number, "sbatch");
      writeFileAtomic(path, slurmScript(context, batch));
      const printed = await ask("sbatch", ["--parsable", path]);
      const [job] = printed.trim().split(";");
      if (job === undefined || !/^\d+$/.test(job)) {
        throw new ExecutorError(`sbatch: expected the number of a job, got ${JSON.stringify(printed)}`);
      }
      return job;
    },
    async isActive(job) {
      try {
        return (await ask("squeue", ["--noheader", "--format=%T", `--jobs=${job}`])).trim() !== "";
      } catch (error) {
        // Slurm forgets jobs some minutes after their end.
        if (error instanceof ExecutorError && /invalid job id/i.test(error.message)) return false;
        throw error;
      }
    },
  });
}

/** @internal The script of a batch. */
export function slurmScript({ paths, plan }: Pick<ExecutorContext, "paths" | "plan">, batch: Batch): string {
  const { setup, ...job } = plan.section.slurm;
  const log = batchFilePath(paths, batch.number, "%a.log").replaceAll("\\", "\\\\");
  const options = [
    `--job-name=cellstate-${plan.name}`,
    `--array=0-${batch.runs.length - 1}${job.atOnce === undefined ? "" : `%${job.atOnce}`}`,
    `--output="${log}"`,
    "--open-mode=append",
    ...jobOptions(job),
  ];
  const task = taskCommand(paths, batch, "").slice(0, -1);
  return [
    "#!/bin/bash",
    ...options.map((option) => `#SBATCH ${option}`),
    "set -e",
    ...setup,
    // In place of the shell, so that it is the run that Slurm asks to stop.
    `exec ${shellLine(task)} "${taskName(batch, "")}\${SLURM_ARRAY_TASK_ID}"`,
    "",
  ].join("\n");
}

function jobOptions({
  partition,
  account,
  time,
  memory,
  cpus,
  options,
}: Omit<SweepSection["slurm"], "setup">): string[] {
  const named = { "cpus-per-task": String(cpus), partition, account, time, mem: memory };
  const given = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return [...given, ...(time === undefined ? [] : [`--signal=B:TERM@${WARNING_SECONDS}`]), ...options];
}
