/** Where things are in the folder of a sweep. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { GROUP_FILES } from "../run/folder.ts";

export interface SweepPaths {
  readonly folder: string;
  /** The config as given. */
  readonly config: string;
  /** The file that makes a folder a sweep. */
  readonly lock: string;
  /** A config for each point. */
  readonly points: string;
  /** A run folder for each point and seed. */
  readonly runs: string;
  /** What was handed to executors, and what they wrote and said. */
  readonly batches: string;
  readonly result: string;
  /** The winner as a config. */
  readonly best: string;
  readonly page: string;
}

export function sweepPaths(folder: string): SweepPaths {
  return {
    folder,
    config: join(folder, "config.yaml"),
    lock: join(folder, GROUP_FILES.sweep),
    points: join(folder, "points"),
    runs: join(folder, "runs"),
    batches: join(folder, "batches"),
    result: join(folder, "sweep.json"),
    best: join(folder, "best.yaml"),
    page: join(folder, "sweep.html"),
  };
}

/** Whether a folder is that of a sweep. */
export function isSweepFolder(folder: string): boolean {
  return existsSync(sweepPaths(folder).lock);
}
