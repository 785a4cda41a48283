/** Two finished runs, tiny, one of each kind of model: trained once in a target's folder by the command line itself. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  writeFileSync(join(folder, "reviews.tsv"), REVIEWS);
  writeFileSync(join(folder, "pairs.tsv"), PAIRS);
  const config = join(folder, `${task}.yaml`);
  writeFileSync(config, CONFIGS[task]);
  await runCli(["train", "--config", config, "--out", run, "--threads", "1", "--quiet"]);
  return run;
}

/** The files of a folder by name. */
export function filesIn(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(names.map(({ name }) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
}
