/** What a finished run need not keep: examples on disk, a step that failed once, what killed processes left, and checkpoints as its config says. */
import { rmSync } from "node:fs";
import { removeLeftovers } from "@cellstate/files";
import { CheckpointFolder } from "@cellstate/training/checkpoint";
import type { Experiment } from "../config/schema.ts";
import type { ConfigLock } from "./config-lock.ts";
import type { RunPaths } from "./folder.ts";
import type { RunResult } from "./result.ts";

/**
 * Cleans up once `result.json` stands. A process that dies on the way leaves a finished run; the next `--resume` does the rest.
 * A run that its time ended keeps its last checkpoint, since with more time it goes on. Checkpoints of runs that began before configs said what stays are left alone.
 */
export async function cleanFinished(
  paths: RunPaths,
  { config }: Pick<ConfigLock, "config">,
  { training: { keepCheckpoints } }: Pick<Experiment, "training">,
  stoppedBy: RunResult["stoppedBy"],
): Promise<void> {
  rmSync(paths.shards, { recursive: true, force: true });
  rmSync(paths.failedStep, { recursive: true, force: true });
  removeLeftovers([paths.folder, paths.model, paths.predictions]);
  const { training } = config;
  const saysSo = typeof training === "object" && training !== null && "keepCheckpoints" in training;
  if (saysSo) await new CheckpointFolder(paths.checkpoints).prune(keepCheckpoints, stoppedBy === "maxMinutes");
}
