/** Runs of a batch as processes of this machine, some at a time; one that is killed goes on from its last checkpoint. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isFolderLocked } from "@cellstate/files";
import { ExecutorError, InterruptedError } from "../../errors.ts";
import { type Batch, batchFilePath } from "../batch.ts";
import type { TrialRun } from "../trial-runs.ts";
import type { Executor, ExecutorContext } from "./executor.ts";

/** Set to 1 in a process that ends when this one does, which it knows by their channel. */
export const WORKER_VARIABLE = "CELLSTATE_SWEEP_WORKER";

/** Times that a run is begun before it is given up; each goes on where the one before was killed. */
const ATTEMPTS = 3;
/** How long a process of an earlier call may take to leave its run. */
const LEAVING_MS = 60_000;
const POLL_MS = 100;

/** A process and how it is begun. */
export interface PooledProcess {
  readonly command: string;
  readonly args: readonly string[];
  /** `ipc`: it ends by itself when this process does. */
  readonly ipc?: boolean;
}

/** An executor that begins `processOf` for each run, up to `workers` at a time. */
export function processPool(
  context: ExecutorContext,
  threads: number,
  processOf: (batch: Batch, index: number) => PooledProcess,
): Executor {
  return {
    threads,
    settle: async () => {},
    async run(batch) {
      const waiting = [...batch.runs.keys()];
      const stop = new AbortController();
      const worker = async () => {
        for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
          if (performance.now() >= context.deadline) return;
          await runToEnd(context, batch, index, processOf, AbortSignal.any([context.signal, stop.signal]));
        }
      };
      const workers = Array.from({ length: Math.min(context.workers, waiting.length) }, worker);
      try {
        await Promise.all(workers);
      } finally {
        stop.abort();
        await Promise.allSettled(workers);
      }
    },
  };
}

async function runToEnd(
  { paths, isDone }: ExecutorContext,
  batch: Batch,
  index: number,
  processOf: (batch: Batch, index: number) => PooledProcess,
  signal: AbortSignal,
): Promise<void> {
  const run = batch.runs[index]!;
  const log = batchFilePath(paths, batch.number, `${index}.log`);
  for (let attempt = 1; ; attempt++) {
    await untilFree(join(paths.runs, run.run), signal);
    if (signal.aborted) throw new InterruptedError("interrupted");
    const ending = await endOf(processOf(batch, index), log, signal);
    if (await isDone(run)) return;
    if (signal.aborted) throw new InterruptedError("interrupted");
    // Locked by now, it is a process of an earlier call that began late: it will leave, and the run goes on from there.
    const goesOn = ending.signal !== null || isFolderLocked(join(paths.runs, run.run));
    if (!goesOn || attempt === ATTEMPTS) throw failureOf(run, ending, log);
  }
}

/** Waits while a process of an earlier call, which is about to end, is still in the folder. */
async function untilFree(folder: string, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  while (isFolderLocked(folder) && !signal.aborted && performance.now() - started < LEAVING_MS) await sleep(POLL_MS);
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a process to its end, asking it to stop when `signal` is aborted. */
async function endOf({ command, args, ipc = false }: PooledProcess, log: string, signal: AbortSignal): Promise<Ending> {
  const output = openSync(log, "a");
  try {
    // In a group of its own: Ctrl-C reaches this process alone, which then asks the others to stop.
    const options: SpawnOptions = { detached: true, windowsHide: true, stdio: ["ignore", output, output] };
    const worker: SpawnOptions = {
      ...options,
      stdio: ["ignore", output, output, "ipc"],
      env: { ...process.env, [WORKER_VARIABLE]: "1" },
    };
    const child = spawn(command, args, ipc ? worker : options);
    const stop = () => terminate(child, ipc);
    signal.addEventListener("abort", stop);
    try {
      return await new Promise<Ending>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code, by) => resolve({ code, signal: by }));
        if (signal.aborted) stop();
      });
    } finally {
      signal.removeEventListener("abort", stop);
    }
  } finally {
    closeSync(output);
  }
}

/** A process of ours passes the request on by itself; a user's shell line has processes below it. */
function terminate(child: ChildProcess, ipc: boolean): void {
  if (ipc || child.pid === undefined || process.platform === "win32") child.kill("SIGTERM");
  else {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // It has ended.
    }
  }
}

function failureOf({ run }: TrialRun, { code, signal }: Ending, log: string): ExecutorError {
  const how = signal === null ? `ended with ${code}` : `was killed by ${signal} ${ATTEMPTS} times`;
  const hint = signal === "SIGKILL" ? "; is there too little memory? Fewer --workers need less" : "";
  return new ExecutorError(`run ${run} ${how} before it had a score${hint}\n${lastLines(log)}see ${log}`);
}

/** What a process said last, for people. */
function lastLines(log: string): string {
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines
    .slice(-3)
    .flatMap((line) => (line === "" ? [] : [`  ${line}\n`]))
    .join("");
}
