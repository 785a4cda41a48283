/** What `cellstate reproduce` does: trains again from a run's lock and compares all the way, until something differs. */
import { copyFileSync, existsSync } from "node:fs";
import { type FileFault, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { numericsVersion } from "@cellstate/tensor";
import { InterruptedError, NotReproducedError, RunFolderError } from "../../errors.ts";
import { asCaller, callerFolder } from "../../paths.ts";
import { cleanFinished } from "../../run/clean-finished.ts";
import {
  alteredKeys,
  type ConfigLock,
  formatLock,
  lockedExperiment,
  lockIn,
  newLock,
  readLockFile,
} from "../../run/config-lock.ts";
import { findRun, type RunPaths, runPaths } from "../../run/folder.ts";
import type { BrokenSeal } from "../../run/lock-seals.ts";
import { readMetrics } from "../../run/metrics-log.ts";
import { readResultFile } from "../../run/result.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import { createProgress } from "../../terminal/progress.ts";
import { quote } from "../../terminal/shell.ts";
import { trainRun } from "../../train/train-run.ts";
import type { ReproduceOptions } from "../reproduce.ts";
import { verifyFolder } from "../verify/verify-folder.ts";
import { requireSameData, requireSameFitted } from "./compare-data.ts";
import { type ComparedFiles, requireSameFiles } from "./compare-files.ts";
import { LogComparison } from "./compare-log.ts";
import { requireSamePlugins } from "./compare-plugins.ts";
import { requireSameNumerics, versionChanges } from "./compare-versions.ts";
import { Difference } from "./difference.ts";
import { interruptible } from "./interruptible.ts";
import { RepetitionFolder } from "./repetition-folder.ts";

/** A finished run that is to be repeated. */
interface Original {
  readonly paths: RunPaths;
  readonly lock: ConfigLock;
  /** Values of the lock that are not those that were written. */
  readonly broken: readonly BrokenSeal[];
}

/** What came out: what was compared, or what differs. */
type Reproduction =
  | { readonly firstDifference: string }
  | { readonly firstDifference: undefined; readonly compared: ComparedFiles };

/** @throws {NotReproducedError} if something differs, which is printed before */
export async function reproduceRun(
  name: string,
  options: ReproduceOptions,
  tasks: readonly Task[] = shippedTasks,
): Promise<void> {
  const original = findOriginal(name);
  const found = await reproduce(original, options, tasks);
  const { firstDifference } = found;
  if (options.json === true) {
    printJson({
      formatVersion: FORMAT_VERSION,
      identical: firstDifference === undefined,
      firstDifference: firstDifference ?? null,
    });
  } else print(describe(found, original));
  if (firstDifference !== undefined) {
    throw new NotReproducedError(`${asCaller(original.paths.folder)} was not reproduced`);
  }
}

function describe(found: Reproduction, { paths }: Original): string {
  if (found.firstDifference !== undefined) return `not identical\nfirst difference  ${found.firstDifference}\n`;
  const { model, predictions, lines } = found.compared;
  const { weightsSha256 } = readResultFile(paths.result);
  return [
    "identical\n",
    `weights      ${weightsSha256}\n`,
    `model        ${model} files\n`,
    `metrics      ${lines} lines but for their times\n`,
    `predictions  ${predictions} files\n`,
  ].join("");
}

/** @throws {RunFolderError} if there is no finished run of that name */
function findOriginal(name: string): Original {
  const { run } = findRun(name, callerFolder());
  if (run === undefined) {
    throw new RunFolderError(`${name} is a saved model without its run; only a run can be repeated`);
  }
  const paths = runPaths(run);
  if (!existsSync(paths.result)) {
    throw new RunFolderError(
      `${name} is not finished, so there is nothing to compare with; go on with: cellstate train --resume ${quote(asCaller(run))}`,
    );
  }
  const { lock, broken } = readLockFile(paths.lock);
  return { paths, lock, broken };
}

async function reproduce(
  { paths, lock: locked, broken }: Original,
  options: ReproduceOptions,
  tasks: readonly Task[],
): Promise<Reproduction> {
  const { seed = locked.config.seed } = options;
  const lock = { ...locked, config: { ...locked.config, seed } };
  const { faults } = await verifyFolder(paths.folder);
  const lockFault = faults.find(({ file }) => file === "config.lock.json")?.fault;
  const altered = broken.length > 0 ? alteredKeys(broken) : lockFault;
  try {
    requireWholeRun(faults);
    requireSameNumerics(lock);
    await requireSamePlugins(paths.lock, lock, tasks);
    const compared = await trainAgain({ paths, lock, broken }, options, tasks);
    if (seed !== locked.config.seed) throw new Difference("all that it trains to is the same");
    if (altered !== undefined) throw new Difference("all that it trains to is the same");
    return { firstDifference: undefined, compared };
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    const ofLock = altered === undefined ? [] : [`config.lock.json: ${altered}`];
    const ofSeed = seed === locked.config.seed ? [] : [`seed: ${locked.config.seed} in the run, ${seed} here`];
    return { firstDifference: [...ofLock, ...ofSeed, error.message, ...versionChanges(lock)].join("; ") };
  }
}

/** What is compared must be what the run has left; its lock is looked at by itself. */
function requireWholeRun(faults: readonly FileFault[]): void {
  const isCompared = /^(metrics\.jsonl|result\.json|manifest\.json|model|predictions)(\/|$)/;
  const first = faults.find(({ file }) => isCompared.test(file));
  if (first === undefined) return;
  throw new Difference(`${first.file}: the run itself is no longer what it was: ${first.fault}`);
}

/** @throws {Difference} as soon as there is one */
async function trainAgain(
  { paths, lock }: Original,
  options: ReproduceOptions,
  known: readonly Task[],
): Promise<ComparedFiles> {
  const { experiment, tasks, base } = await lockedExperiment(paths.lock, lock, known);
  await requireSameData(paths, lock, experiment, base);
  const { checkpointEverySteps } = lock;
  const { backend = lock.options.backend, threads = lock.options.threads } = options;
  const again: ConfigLock = {
    ...newLock({ ...lockedFrom(lock), options: { ...lock.options, backend, threads }, numericsVersion }),
    checkpointEverySteps,
  };
  const filesIn = (run: string) =>
    new Map([
      ["config.yaml", lock.configText],
      ["config.lock.json", formatLock(lockIn(run, base, again))],
    ]);
  using folder = new RepetitionFolder(options.out, filesIn);
  if (lock.parent !== undefined) copyFileSync(paths.start, folder.paths.start);
  const log = new LogComparison(readMetrics(paths.metrics), lock.parent?.step);
  const before = readResultFile(paths.result);
  const result = await interruptible(
    ({ signal, onLoop }) =>
      trainRun({
        paths: folder.paths,
        lock: lockIn(folder.paths.folder, base, again),
        experiment,
        base,
        tasks,
        progress: createProgress({ quiet: options.quiet }),
        resumed: false,
        signal,
        onLoop,
        watcher: {
          onPrepared: (prepared) => requireSameFitted(lock, prepared),
          onLine: (line) => log.see(line),
        },
        // The time that ended the run, or did not, is not that of this machine.
        endAtStep: before.stoppedBy === "maxMinutes" ? before.steps : Number.POSITIVE_INFINITY,
      }),
    () => folder[Symbol.dispose](),
  );
  if (result === undefined) throw new InterruptedError("interrupted before all was compared");
  if (options.out !== undefined) await cleanFinished(folder.paths, again, experiment, result.stoppedBy);
  const lines = log.finish();
  return { lines, ...(await requireSameFiles(paths, folder.paths)) };
}

/** What a repetition begins with, as the run did. */
function lockedFrom({ config, configText, configFiles, plugins, git, parent }: ConfigLock) {
  return { config, configText, configFiles, plugins, git, parent };
}
