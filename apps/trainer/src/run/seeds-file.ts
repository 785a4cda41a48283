/** `seeds.json`: the runs of one experiment that differ in their seed. */
import { join } from "node:path";
import { z } from "zod";
import { SEEDS_FILE } from "./folder.ts";
import { FORMAT_VERSION, readVersioned } from "./versioned.ts";

/** What {@link SEEDS_FILE} says. */
export interface SeedsFile {
  readonly formatVersion: 1;
  readonly name: string;
  readonly seeds: readonly number[];
  /** Run folders beside this file, in the order of the seeds. */
  readonly runs: readonly string[];
}

const seedsFile = z
  .looseObject({
    formatVersion: z.literal(FORMAT_VERSION),
    name: z.string(),
    seeds: z
      .array(z.int().min(0))
      .min(1)
      .refine((seeds) => new Set(seeds).size === seeds.length, "must be different seeds"),
    runs: z.array(z.string().regex(/^seed-\d+$/, "must be the name of a run folder beside this file")).min(1),
  })
  .refine(({ seeds, runs }) => runs.join() === seeds.map((seed) => `seed-${seed}`).join(), {
    path: ["runs"],
    message: "must name a run for each seed, in their order",
  });

/** @throws {RunFileError} if the file is damaged or newer than this code */
export function readSeedsFile(folder: string): SeedsFile {
  return readVersioned<SeedsFile>(join(folder, SEEDS_FILE), seedsFile);
}
