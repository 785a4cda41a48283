/** What `cellstate compare` does: reads the runs, compares each with the first, and prints or draws what differs. */
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { writeOutputOption } from "../../command-line/output-option.ts";
import { type Comparison, compareWithFirst } from "../../compare/comparison.ts";
import { type ComparedRun, readRun } from "../../compare/read-run.ts";
import { UsageError } from "../../errors.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { CompareOptions } from "../compare.ts";
import { describeComparison } from "./describe.ts";

/** @throws {UsageError} unless two different runs are given */
export async function compareRuns(
  names: readonly string[],
  options: CompareOptions,
  tasks: readonly Task[] = shippedTasks,
): Promise<void> {
  if (names.length < 2)
    throw new UsageError("compare takes two or more runs, such as: cellstate compare runs/a runs/b");
  const runs: ComparedRun[] = [];
  for (const name of names) {
    const run = await readRun(name, tasks);
    const twin = runs.find(({ folder }) => folder === run.folder);
    if (twin !== undefined) throw new UsageError(`${twin.name} and ${name} are the same run; give each once`);
    runs.push(run);
  }
  const comparison = await compareWithFirst(runs as [ComparedRun, ...ComparedRun[]], options.resamples);
  if (options.output !== undefined) {
    const { renderComparison } = await import("../../report/comparison.ts");
    await writeOutputOption(options.output, (sink) => sink(renderComparison(comparison)));
  }
  if (options.json === true) printJson(jsonOf(comparison));
  else print(describeComparison(comparison));
}

function jsonOf({ first, others, config, notes }: Comparison) {
  const aboutRun = ({ name, folder, lock, result }: ComparedRun) => ({
    run: name,
    folder,
    task: lock.config.task,
    seed: lock.config.seed,
    finished: result !== undefined,
    metrics: result?.metrics ?? null,
    weightsSha256: result?.weightsSha256 ?? null,
  });
  return {
    formatVersion: FORMAT_VERSION,
    runs: [first, ...others.map(({ run }) => run)].map(aboutRun),
    config: Object.fromEntries(config.map(({ key, values }) => [key, values.map((value) => value ?? null)])),
    differences: others.map(({ run, splits }) => ({ run: run.name, from: first.name, splits })),
    notes,
  };
}
