/** Finished runs, tiny: one of each kind of model, a sweep, and two of different seeds; trained once in a target's folder by the command line itself. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCli } from "cellstate";

const REVIEWS = `label\ttext\n${["good", "great", "fine"].map((word) => `positive\tthe film was ${word}\n`).join("")}${[
  "bad",
  "poor",
  "dull",
]
  .map((word) => `negative\tthe film was ${word}\n`)
  .join("")}`;

const PAIRS = `source\ttarget\n${[..."abcd"].map((letter, i) => `${letter}${letter}\t${i}${i}\n`).join("")}`;

const CONFIGS = {
  sentiment: `name: tiny
task: sentiment
data: { train: reviews.tsv, dev: reviews.tsv, test: reviews.tsv }
tokenizer: { kind: word }
model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 } }
training: { epochs: 2, batchSize: 4, checkpointEverySteps: 1 }
`,
  translation: `name: letters
task: translation
data: { train: pairs.tsv, dev: pairs.tsv, test: pairs.tsv }
tokenizer: { kind: char }
model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 } }
search: { beamSize: 2, maxDecodeLen: 4 }
training: { epochs: 1, batchSize: 4, checkpointEverySteps: 1 }
`,
} as const;

export type TinyTask = keyof typeof CONFIGS;
export const TINY_TASKS = Object.keys(CONFIGS) as TinyTask[];

/** The run folder of a task, below `folder`. */
export async function tinyRun(folder: string, task: TinyTask): Promise<string> {
  const run = join(folder, task);
  if (existsSync(join(run, "result.json"))) return run;
  const config = writeConfig(folder, task);
  await runCli(["train", "--config", config, "--out", run, "--threads", "1", "--quiet"]);
  return run;
}

/** The folder of a finished sweep over two points, below `folder`. */
export async function tinySweep(folder: string): Promise<string> {
  const sweep = join(folder, "sweep");
  if (existsSync(join(sweep, "sweep.json"))) return sweep;
  const config = writeConfig(folder, "sentiment");
  const search = "sweep={ method: grid, seeds: [1], parameters: { model.embedding.size: [2, 4] } }";
  // A process of its own: a sweep begins its workers as it was begun itself.
  const program = fileURLToPath(new URL("bin/cellstate.mjs", import.meta.resolve("cellstate/package.json")));
  const args = ["sweep", "--config", config, "--set", search, "--out", sweep, "--workers", "1", "--quiet"];
  execFileSync(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  return sweep;
}

/** The folder of two finished runs that differ in their seed, below `folder`. */
export async function tinySeeds(folder: string): Promise<string> {
  const seeds = join(folder, "seeds");
  if (existsSync(join(seeds, "summary.json"))) return seeds;
  const config = writeConfig(folder, "sentiment");
  await runCli(["train", "--config", config, "--seeds", "1,2", "--out", seeds, "--threads", "1", "--quiet"]);
  return seeds;
}

/** The config of a task and its data; returns the path of the config. */
function writeConfig(folder: string, task: TinyTask): string {
  writeFileSync(join(folder, "reviews.tsv"), REVIEWS);
  writeFileSync(join(folder, "pairs.tsv"), PAIRS);
  const config = join(folder, `${task}.yaml`);
  writeFileSync(config, CONFIGS[task]);
  return config;
}

export function readFileIn(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

/** The files of a folder by name. */
export function filesIn(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(names.map(({ name }) => [name, readFileIn(join(folder, name))]));
}
