/** The config of each point as a file, from which its runs are begun. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "@cellstate/files";
import { formatYaml } from "@cellstate/files/yaml";
import type { Trial } from "@cellstate/sweep";
import type { SweepPaths } from "./paths.ts";
import { type SweepPlan, trainedConfig } from "./sweep-plan.ts";
import { pointName } from "./trial-runs.ts";

export function pointFile({ points }: SweepPaths, point: number): string {
  return join(points, `${pointName(point)}.yaml`);
}

/** Writes the configs of trials that have none yet. */
export function writePointFiles(paths: SweepPaths, plan: SweepPlan, trials: readonly Trial[]): void {
  makeFolder(paths.points);
  for (const { point, values } of trials) {
    const path = pointFile(paths, point);
    if (existsSync(path)) continue;
    const chosen = describeValues(values);
    writeFileAtomic(
      path,
      `# Point ${point} of the sweep ${plan.name}: ${chosen}\n${formatYaml(trainedConfig(plan, values, paths.points))}`,
    );
  }
}

/** `model.hiddenSize=64 optimizer.learningRate=0.001`. */
export function describeValues(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${valueText(value)}`)
    .join(" ");
}

/** A value as `--set` takes it. */
export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
