/** Files of a finished sweep, and of the runs of several seeds, one changed at a time: locks, results, batches. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBatch, readSweepLock, runCli, type SweepLock, sweepPaths } from "cellstate";
import { byteMutators } from "../mutate/bytes.ts";
import { textMutators } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { type Mutator, mustHold, type Target } from "../target.ts";
import { contentsMutator, readOneFile, writeOneFile } from "./one-file.ts";
import { sameValues } from "./same-values.ts";
import { readFileIn, tinySeeds, tinySweep } from "./tiny-runs.ts";

/** Files of the sweep, and of the runs of several seeds. */
const OF_SWEEP = ["sweep.lock.json", "sweep.json", "batches/1.json"];
const OF_SEEDS = ["seeds.json", "summary.json"];
const FILES = [...OF_SWEEP, ...OF_SEEDS];
const [changeTree] = treeMutators();
const MUTATORS: readonly Mutator[] = [
  ...Array.from({ length: 10 }, () => changeTree!),
  ...textMutators,
  ...byteMutators,
];

export const sweep: Target = {
  name: "sweep",
  about: "files of a finished sweep and of runs of several seeds, one changed at a time",
  extension: "bin",
  async open(folder) {
    const sweepFolder = await tinySweep(folder);
    const seedsFolder = await tinySeeds(folder);
    const original = readSweepLock(sweepPaths(sweepFolder).lock);
    const placeOf = (name: string) => join(OF_SEEDS.includes(name) ? seedsFolder : sweepFolder, name);
    const whole = new Map(FILES.map((name) => [name, readFileIn(placeOf(name))]));
    return {
      seeds: FILES.map((name) => writeOneFile({ words: [name], contents: whole.get(name)! })),
      mutators: [contentsMutator(() => MUTATORS)],
      async check(input) {
        const { words, contents } = readOneFile(input);
        const name = FILES.includes(words[0]!) ? words[0]! : FILES[0]!;
        const file = placeOf(name);
        rmSync(file);
        writeFileSync(file, contents);
        try {
          if (OF_SEEDS.includes(name)) await readSeeds(seedsFolder);
          else await readSweep(sweepFolder, original);
        } finally {
          writeFileSync(file, whole.get(name)!);
        }
      },
    };
  },
};

async function readSweep(folder: string, original: SweepLock): Promise<void> {
  const paths = sweepPaths(folder);
  mustHold(sameValues(readSweepLock(paths.lock), original), "the lock is altered, and accepted");
  for (const { run, point, seed } of readBatch(paths, 1).runs) {
    const [, named, ofSeed = String(seed)] = /^(\d+)(?:-seed-(\d+))?$/.exec(run) ?? [];
    mustHold(Number(named) === point && ofSeed === String(seed), `a run ${run} of point ${point} and seed ${seed}`);
  }
  await runCli(["runs", "show", folder]);
}

async function readSeeds(folder: string): Promise<void> {
  await runCli(["runs", "show", folder, "--json"]);
  await runCli(["train", "--resume", folder, "--quiet"]); // all are finished, which this says
}
